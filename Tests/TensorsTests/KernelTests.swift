import Foundation
import Tensors
import Testing

/// Every kernel against a plain loop in Double, for both types and for counts that are not multiples of anything.
@Suite struct KernelTests {
  let counts = [1, 15, 64, 65, 1000, 2049]

  func numbers<Scalar: TensorScalar>(_ label: Int, _ count: Int) -> Vector<Scalar> {
    .normal(RandomKey(seed: 3).folded(label), count: count)
  }

  func isClose<Scalar: TensorScalar>(_ a: [Scalar], _ b: [Double]) -> Bool {
    let tolerance = Scalar.self == Float.self ? 2e-6 : 1e-14
    return a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
  }

  func checkMaps<Scalar: TensorScalar>(_: Scalar.Type) {
    typealias Kernel = (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
    let maps: [(Kernel, (Double) -> Double)] = [
      ({ Scalar.exp($0, into: $1, count: $2) }, { exp($0) }),
      ({ Scalar.softplus($0, into: $1, count: $2) }, { log1p(exp($0)) }),
      ({ Scalar.sigmoid($0, into: $1, count: $2) }, { 1 / (1 + exp(-$0)) }),
      ({ Scalar.tanh($0, into: $1, count: $2) }, { tanh($0) }),
      ({ Scalar.relu($0, into: $1, count: $2) }, { max($0, 0) }),
      ({ Scalar.square($0, into: $1, count: $2) }, { $0 * $0 }),
    ]
    for count in counts {
      let x: Vector<Scalar> = numbers(0, count)
      for (kernel, exact) in maps {
        var y = Vector<Scalar>(count: count)
        kernel(x.unsafePointer, y.unsafeMutablePointer(), count)
        #expect(isClose(y.array, x.array.map { exact(Double($0)) }))
      }
    }
  }

  @Test func maps() {
    checkMaps(Float.self)
    checkMaps(Double.self)
  }

  func checkActivationGradients<Scalar: TensorScalar>(_: Scalar.Type) {
    typealias Kernel = (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
    let pairs: [(Kernel, (Double) -> Double, (Double) -> Double)] = [
      ({ Scalar.softplusGradient(output: $0, $1, count: $2) }, { log1p(exp($0)) }, { 1 / (1 + exp(-$0)) }),
      (
        { Scalar.sigmoidGradient(output: $0, $1, count: $2) }, { 1 / (1 + exp(-$0)) },
        { exp(-$0) / pow(1 + exp(-$0), 2) }
      ),
      ({ Scalar.tanhGradient(output: $0, $1, count: $2) }, { tanh($0) }, { 1 / pow(cosh($0), 2) }),
      ({ Scalar.reluGradient(output: $0, $1, count: $2) }, { max($0, 0) }, { $0 > 0 ? 1 : 0 }),
    ]
    for (kernel, function, derivative) in pairs {
      let x: Vector<Scalar> = numbers(1, 1001)
      let output = Vector(x.array.map { Scalar(function(Double($0))) })
      let before: Vector<Scalar> = numbers(2, 1001)
      var gradient = before
      kernel(output.unsafePointer, gradient.unsafeMutablePointer(), 1001)
      #expect(isClose(gradient.array, zip(x.array, before.array).map { derivative(Double($0)) * Double($1) }))
    }
  }

  @Test func activationGradients() {
    checkActivationGradients(Float.self)
    checkActivationGradients(Double.self)
  }

  func checkSums<Scalar: TensorScalar>(_: Scalar.Type) {
    for count in [0] + counts {
      let x: Vector<Scalar> = numbers(4, count)
      let values = x.array.map { Double($0) }
      let bound = (Scalar.self == Float.self ? 1e-6 : 1e-14) * Double(count + 1)
      #expect(abs(Scalar.sum(x.unsafePointer, count: count) - values.reduce(0, +)) < bound)
      #expect(abs(Scalar.sumOfSquares(x.unsafePointer, count: count) - values.reduce(0) { $0 + $1 * $1 }) < bound)
      let squares = Vector(x.array.map { $0 * $0 + 0.01 })
      let logs = squares.array.reduce(0) { $0 + log(Double($1)) }
      #expect(abs(Scalar.sumOfLogs(squares.unsafePointer, count: count) - logs) < bound)
    }
  }

  @Test func sums() {
    checkSums(Float.self)
    checkSums(Double.self)
  }

  private func checkLogarithms<Scalar: TensorScalar>(_: Scalar.Type) {
    let extremes = [Scalar.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1, .ulpOfOne]
    let x = Vector((0..<5000).map { extremes[$0 % 5] })
    let expected = x.array.reduce(0) { $0 + log(Double($1)) }
    #expect(abs(Scalar.sumOfLogs(x.unsafePointer, count: 5000) / expected - 1) < 1e-6)
    // All of one kind, where nothing balances the products.
    for value in extremes where value != 1 {
      let x = Vector(repeating: value, count: 5000)
      #expect(abs(Scalar.sumOfLogs(x.unsafePointer, count: 5000) / (5000 * log(Double(value))) - 1) < 1e-6)
    }
    for (value, sum) in [(Scalar(0), -Double.infinity), (.infinity, .infinity)] {
      var x = Vector(repeating: Scalar(0.5), count: 1000)
      x[777] = value
      #expect(Scalar.sumOfLogs(x.unsafePointer, count: 1000) == sum)
    }
    for value in [Scalar.nan, -1] {
      var x = Vector(repeating: Scalar(0.5), count: 1000)
      (x[3], x[19]) = (value, value)
      #expect(Scalar.sumOfLogs(x.unsafePointer, count: 1000).isNaN)
    }
  }

  @Test func logarithmsOfExtremeNumbers() {
    checkLogarithms(Float.self)
    checkLogarithms(Double.self)
  }

  @Test func finiteNumbersAreToldFromOthers() {
    var x = Vector<Float>(repeating: 3e38, count: 3000)
    #expect(Float.allFinite(x.unsafePointer, count: 3000))
    for bad in [Float.nan, .infinity, -.infinity] {
      x[2999] = bad
      #expect(!Float.allFinite(x.unsafePointer, count: 3000))
    }
  }

  @Test func rowsAndColumns() {
    let x: Vector<Double> = numbers(5, 7 * 13)
    var sums = Vector<Double>(count: 13)
    Double.columnSums(x.unsafePointer, rows: 7, columns: 13, into: sums.unsafeMutablePointer())
    #expect(isClose(sums.array, (0..<13).map { j in (0..<7).reduce(0) { $0 + x[$1 * 13 + j] } }))
    var y = x
    Double.addRow(sums.unsafePointer, to: y.unsafeMutablePointer(), rows: 7, columns: 13)
    #expect(y[6 * 13 + 2] == x[6 * 13 + 2] + sums[2])
    Double.setRows(sums.unsafePointer, of: y.unsafeMutablePointer(), rows: 7, columns: 13)
    #expect(y[6 * 13 + 2] == sums[2])
  }

  @Test(arguments: [(0, 3), (1, 6), (37, 3), (64, 31), (19, 40), (2500, 6)])
  func shortAndLongRows(rows: Int, columns: Int) {
    let x: Vector<Double> = numbers(15, rows * columns)
    var sums = Vector<Double>(repeating: 7, count: columns)
    Double.columnSums(x.unsafePointer, rows: rows, columns: columns, into: sums.unsafeMutablePointer())
    #expect(isClose(sums.array, (0..<columns).map { j in (0..<rows).reduce(0) { $0 + x[$1 * columns + j] } }))
    var y = Vector<Double>(count: rows * columns + 1)
    Double.setRows(sums.unsafePointer, of: y.unsafeMutablePointer(), rows: rows, columns: columns)
    #expect((0..<(rows * columns)).allSatisfy { y[$0] == sums[$0 % columns] } && y[rows * columns] == 0)
  }

  /// The noise of a sample whose scale is below the rounding of the mean is that of the rounded sample, and finite.
  @Test func noiseIsTakenFromSamples() {
    let (n, g) = (64, Vector<Float>(repeating: 2, count: 64))
    let mean: Vector<Float> = numbers(6, n)
    let noise: Vector<Float> = numbers(8, n)
    for scale in [Float(0.3), 1e-8, .leastNonzeroMagnitude, 0] {
      let scales = Vector(repeating: scale, count: n)
      var (w, toMean, toScale) = (mean, mean, scales)
      Float.reparameterize(
        mean: mean.unsafePointer, scale: scales.unsafePointer, noise: noise.unsafePointer,
        into: w.unsafeMutablePointer(), count: n)
      for overwrite in [true, false] {
        Float.reparameterizeGradient(
          g.unsafePointer, sample: w.unsafePointer, mean: mean.unsafePointer, scale: scales.unsafePointer,
          mean: toMean.unsafeMutablePointer(), scale: toScale.unsafeMutablePointer(), overwrite: overwrite, count: n)
      }
      #expect(toMean.array.allSatisfy { $0 == 4 })
      let bounds = (0..<n).map { scale == 0.3 ? 1e-5 : 2.001 * noise[$0].magnitude }
      for i in 0..<n {
        let found = toScale[i] / 4
        #expect(
          abs(found - (scale == 0.3 ? noise[i] : 0)) <= bounds[i], "\(found) for \(noise[i]) at the scale \(scale)")
      }
    }
  }

  @Test func reparameterization() {
    let n = 77
    let (mean, scale, noise, g): (Vector<Double>, Vector<Double>, Vector<Double>, Vector<Double>) = (
      numbers(6, n), Vector(numbers(7, n).array.map { $0 * $0 }), numbers(8, n), numbers(9, n)
    )
    var w = Vector<Double>(count: n)
    Double.reparameterize(
      mean: mean.unsafePointer, scale: scale.unsafePointer, noise: noise.unsafePointer, into: w.unsafeMutablePointer(),
      count: n)
    #expect(isClose(w.array, (0..<n).map { mean[$0] + scale[$0] * noise[$0] }))
    Double.reparameterize(
      mean: mean.unsafePointer, variance: scale.unsafePointer, floor: 0.5, noise: noise.unsafePointer,
      into: w.unsafeMutablePointer(), count: n)
    #expect(isClose(w.array, (0..<n).map { mean[$0] + (scale[$0] + 0.5).squareRoot() * noise[$0] }))
    Double.reparameterizeVarianceGradient(
      g.unsafePointer, variance: scale.unsafePointer, floor: 0.5, noise: noise.unsafePointer,
      into: w.unsafeMutablePointer(), count: n)
    #expect(isClose(w.array, (0..<n).map { g[$0] * noise[$0] / (2 * (scale[$0] + 0.5).squareRoot()) }))
    var (a, b) = (mean, scale)
    Double.reparameterizeGradient(
      g.unsafePointer, noise: noise.unsafePointer, mean: a.unsafeMutablePointer(), scale: b.unsafeMutablePointer(),
      overwrite: false, count: n)
    #expect(isClose(a.array, (0..<n).map { mean[$0] + g[$0] }))
    #expect(isClose(b.array, (0..<n).map { scale[$0] + g[$0] * noise[$0] }))
    Double.reparameterizeGradient(
      g.unsafePointer, noise: noise.unsafePointer, mean: a.unsafeMutablePointer(), scale: b.unsafeMutablePointer(),
      overwrite: true, count: n)
    #expect(a == g && isClose(b.array, (0..<n).map { g[$0] * noise[$0] }))
  }

  /// Adam against the two-line form with explicit bias corrections.
  @Test func adamIsKingmasAlgorithm() {
    var x = Vector<Double>([1, -2, 3])
    var (m, v) = (Vector<Double>(count: 3), Vector<Double>(count: 3))
    var (y, first, second) = (x.array, [0.0, 0, 0], [0.0, 0, 0])
    for t in 1...20 {
      let g: Vector<Double> = numbers(100 + t, 3)
      let correction = (1 - pow(0.999, Double(t))).squareRoot()
      Double.adamStep(
        x.unsafeMutablePointer(), gradient: g.unsafePointer, gradientScale: 0.5, firstMoment: m.unsafeMutablePointer(),
        secondMoment: v.unsafeMutablePointer(), beta1: 0.9, beta2: 0.999,
        rate: 0.1 * correction / (1 - pow(0.9, Double(t))), epsilon: 1e-8 * correction, count: 3)
      for i in 0..<3 {
        first[i] = 0.9 * first[i] + 0.1 * 0.5 * g[i]
        second[i] = 0.999 * second[i] + 0.001 * 0.25 * g[i] * g[i]
        let mHat = first[i] / (1 - pow(0.9, Double(t)))
        let vHat = second[i] / (1 - pow(0.999, Double(t)))
        y[i] -= 0.1 * mHat / (vHat.squareRoot() + 1e-8)
      }
    }
    #expect(zip(x.array, y).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func momentum() {
    var (x, v) = (Vector<Float>([1]), Vector<Float>([0]))
    let g = Vector<Float>([2])
    for _ in 0..<2 {
      Float.momentumStep(
        x.unsafeMutablePointer(), gradient: g.unsafePointer, gradientScale: 0.5, velocity: v.unsafeMutablePointer(),
        momentum: 0.5, rate: 0.1, count: 1)
    }
    #expect(v[0] == 1.5 && abs(x[0] - 0.75) < 1e-7)
  }
}
