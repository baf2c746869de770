import Tensors

extension DensityScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func squaredResiduals(
    outputs: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double {
    let w = Self(weight)
    return blockSum(count: count) { start, n, scratch in
      let (outputs, targets) = (outputs + start, targets + start)
      for i in 0..<n {
        let residual = outputs[i] - targets[i]
        scratch[i] = residual * residual
      }
      if let gradient {
        let gradient = gradient + start
        for i in 0..<n { gradient[i] = w * (outputs[i] - targets[i]) }
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func crossEntropy(
    logits: UnsafePointer<Self>, classes: UnsafePointer<Int32>, rows: Int, columns: Int,
    gradient: UnsafeMutablePointer<Self>?, weight: Double
  ) -> Double {
    let w = Self(weight)
    var total = 0.0
    for row in 0..<rows {
      let x = logits + row * columns
      let target = Int(classes[row])
      let targetLogit = x[target]
      var largest = x[0]
      for j in 1..<columns { largest = x[j] > largest ? x[j] : largest }
      if let gradient {
        let g = gradient + row * columns
        for j in 0..<columns { g[j] = exp(x[j] - largest) }
        var sum: Self = 0
        for j in 0..<columns { sum += g[j] }
        let factor = w / sum
        for j in 0..<columns { g[j] *= factor }
        g[target] -= w
        total += Double(largest - targetLogit) + logarithm(Double(sum))
      } else {
        var sum: Self = 0
        for j in 0..<columns { sum += exp(x[j] - largest) }
        total += Double(largest - targetLogit) + logarithm(Double(sum))
      }
    }
    return total
  }
}
