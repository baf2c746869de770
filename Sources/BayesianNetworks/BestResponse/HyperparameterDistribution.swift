import Tensors

/// p(h): where a global hypernetwork learns the response.
package enum HyperparameterDistribution: Hashable, Sendable {
  case uniform(HyperparameterBox)
  /// Independent normals; what lies outside the box is moved to its border.
  case normal(mean: [Double], scale: [Double], clippedTo: HyperparameterBox?)

  /// One of some points, each as often as the others.
  case points([[Double]])

  package var count: Int {
    switch self {
    case .points(let points): points.first?.count ?? 0
    case .uniform(let box): box.count
    case .normal(let mean, _, _): mean.count
    }
  }

  package var center: [Double] {
    switch self {
    case .points(let points):
      (0..<count).map { i in points.reduce(0) { $0 + $1[i] } / Double(points.count) }
    case .uniform(let box): box.center
    case .normal(let mean, _, _): mean
    }
  }

  /// Writes draws, one after another.
  func fill<Scalar: TensorScalar>(_ out: UnsafeMutablePointer<Scalar>, draws: Int, key: RandomKey) {
    switch self {
    case .points(let points):
      for draw in 0..<draws {
        let choice = Int(key.bits(UInt64(draw)).multipliedFullWidth(by: UInt64(points.count)).high)
        for i in 0..<count { out[draw * count + i] = Scalar(points[choice][i]) }
      }
    case .uniform(let box):
      Scalar.fillUniform(key, offset: 0, into: out, count: draws * count)
      for draw in 0..<draws {
        Self.move(out + draw * count, by: box.lower, times: box.widths)
      }
    case .normal(let mean, let scale, let box):
      Scalar.fillNormal(key, offset: 0, into: out, count: draws * count)
      for draw in 0..<draws {
        let h = out + draw * count
        Self.move(h, by: mean, times: scale)
        box?.project(h)
      }
    }
  }

  private static func move<Scalar: TensorScalar>(
    _ h: UnsafeMutablePointer<Scalar>, by offset: [Double], times factor: [Double]
  ) {
    offset.withUnsafeBufferPointer { offset in
      factor.withUnsafeBufferPointer { factor in
        guard let a = offset.baseAddress, let b = factor.baseAddress else { return }
        Scalar.scale(h, by: b, adding: a, count: offset.count)
      }
    }
  }
}
