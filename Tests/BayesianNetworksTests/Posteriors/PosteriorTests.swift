import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PosteriorTests {
  let key = RandomKey(seed: 12)

  /// The moments of many samples.
  func moments(_ posterior: some Posterior<Double>, samples: Int) -> (mean: [Double], covariance: [[Double]]) {
    let d = posterior.count
    var (sum, products) = (Array(repeating: 0.0, count: d), Array(repeating: 0.0, count: d * d))
    for index in 0..<samples {
      let x = posterior.sample(index, key: key).array
      for i in 0..<d {
        sum[i] += x[i]
        for j in 0..<d { products[i * d + j] += x[i] * x[j] }
      }
    }
    let n = Double(samples)
    return (
      sum.map { $0 / n }, (0..<d).map { i in (0..<d).map { products[i * d + $0] / n - sum[i] / n * sum[$0] / n } }
    )
  }

  func gaussian(mean: [Double], scale: [Double]) -> DiagonalGaussian<Double> {
    DiagonalGaussian(mean: Vector(mean), rho: Vector(scale.map { Double.inverseSoftplus($0) }))
  }

  @Test func pointsAndMembers() {
    let point = PointPosterior(Vector<Float>([1, 2]))
    #expect(point.sample(7, key: key).array == [1, 2] && point.distinctSamples == 1 && point.count == 2)
    let set = SampleSetPosterior([Vector<Float>([1, 2]), Vector([3, 4]), Vector([5, 6])])
    #expect(set.distinctSamples == 3)
    #expect((0..<5).map { set.sample($0, key: key)[0] } == [1, 3, 5, 1, 3])
  }

  @Test func theVariationalPosterior() {
    let (mean, scale) = ([0.3, -2.0, 1], [0.2, 1.5, 0.01])
    let posterior = VariationalPosterior(gaussian(mean: mean, scale: scale), tail: Vector([-7.0]))
    #expect(posterior.count == 4 && posterior.distinctSamples == nil)
    let (found, covariance) = moments(posterior, samples: 20_000)
    for i in 0..<3 {
      #expect(abs(found[i] - mean[i]) < 0.03 * scale[i])
      for j in 0..<3 {
        #expect(abs(covariance[i][j] - (i == j ? scale[i] * scale[i] : 0)) < 0.05 * scale[i] * scale[j])
      }
    }
    #expect(found[3] == -7)
    var x = Vector<Double>(count: 4)
    let logDensity = posterior.sampleWithLogDensity(5, key: key, into: x.unsafeMutablePointer())
    let expected = (0..<3).reduce(0) { $0 + Gaussian(mean: mean[$1], scale: scale[$1]).logDensity(x[$1]) }
    #expect(abs(logDensity - expected) < 1e-11)
    #expect(x == posterior.sample(5, key: key) && x != posterior.sample(6, key: key))
    // The same draw as of the Gaussian alone.
    #expect(x[0..<3] == posterior.weights.sample(key.folded(5)))
  }

  /// With regions of one weight, the radial posterior is the Gaussian.
  @Test func theRadialPosteriorInOneDimension() {
    let (mean, scale) = ([0.5, -1.0], [0.3, 2.0])
    let posterior = RadialPosterior(gaussian(mean: mean, scale: scale), regions: [0..<1, 1..<2])
    var x = Vector<Double>(count: 2)
    for index in 0..<20 {
      let logDensity = posterior.sampleWithLogDensity(index, key: key, into: x.unsafeMutablePointer())
      let expected = (0..<2).reduce(0) { $0 + Gaussian(mean: mean[$1], scale: scale[$1]).logDensity(x[$1]) }
      #expect(abs(logDensity - expected) < 1e-10)
    }
    let (found, covariance) = moments(posterior, samples: 20_000)
    for i in 0..<2 {
      #expect(abs(found[i] - mean[i]) < 0.03 * scale[i])
      #expect(abs(covariance[i][i] / (scale[i] * scale[i]) - 1) < 0.05)
    }
  }

  /// |u| of every region is a half-normal number, whatever its dimension: its mean square is 1, and so the covariance is
  /// diag(scale^2) / d.
  @Test func theRadialPosteriorInManyDimensions() {
    let scale = [0.5, 1, 2, 3, 0.1]
    let posterior = RadialPosterior(
      gaussian(mean: [1, 2, 3, 4, 5], scale: scale), regions: [0..<3, 3..<5], tail: Vector([9.0]))
    let (mean, covariance) = moments(posterior, samples: 40_000)
    for i in 0..<5 {
      let d = i < 3 ? 3.0 : 2
      #expect(abs(mean[i] - Double(i + 1)) < 0.02 * scale[i])
      for j in 0..<5 {
        let expected = i == j ? scale[i] * scale[i] / d : 0
        #expect(abs(covariance[i][j] - expected) < 0.03 * scale[i] * scale[j], "\(i) \(j)")
      }
    }
    #expect(mean[5] == 9)
  }

  /// The density integrates to 1: the mean of N(x) / q(x) over samples of q is the integral of a normal density.
  @Test func theRadialDensityIntegratesToOne() {
    let posterior = RadialPosterior(gaussian(mean: [0, 0], scale: [0.7, 1.3]), regions: [0..<2])
    var x = Vector<Double>(count: 2)
    var sum = 0.0
    let samples = 40_000
    for index in 0..<samples {
      let logDensity = posterior.sampleWithLogDensity(index, key: key, into: x.unsafeMutablePointer())
      // Narrower than q, so that the ratio is bounded.
      let target = Gaussian(scale: 0.35).logDensity(x[0]) + Gaussian(scale: 0.65).logDensity(x[1])
      sum += exp(target - logDensity)
    }
    #expect(abs(sum / Double(samples) - 1) < 0.03)
  }

  /// log q(w) depends on the scales through minus the sum of their logarithms.
  @Test func theRadialDensityAndTheScales() {
    var (x, y) = (Vector<Double>(count: 3), Vector<Double>(count: 3))
    let narrow = RadialPosterior(gaussian(mean: [0, 0, 0], scale: [0.1, 0.2, 0.4]), regions: [0..<3])
    let wide = RadialPosterior(gaussian(mean: [0, 0, 0], scale: [0.2, 0.4, 0.8]), regions: [0..<3])
    let difference =
      narrow.sampleWithLogDensity(2, key: key, into: x.unsafeMutablePointer())
      - wide.sampleWithLogDensity(2, key: key, into: y.unsafeMutablePointer())
    #expect(abs(difference - 3 * log(2)) < 1e-10)
    #expect(zip(x.array, y.array).allSatisfy { abs(2 * $0 - $1) < 1e-12 })
  }

  let swag = LowRankPlusDiagonal(
    mean: Vector([1.0, -1, 2]), variance: Vector([0.5, 2, 1]),
    deviations: [Vector([0.3, 1, -1]), Vector([-1, 0.5, 0.2]), Vector([0.6, -1.5, 0.8])])

  /// (diag(variance) + D D' / (K - 1)) / 2
  var swagCovariance: [[Double]] {
    (0..<3).map { i in
      (0..<3).map { j in
        let products = swag.deviations.reduce(0) { $0 + $1[i] * $1[j] }
        return 0.5 * ((i == j ? swag.variance[i] : 0) + products / 2)
      }
    }
  }

  @Test func theSamplesOfSWAG() {
    let (mean, covariance) = moments(swag, samples: 60_000)
    for i in 0..<3 {
      #expect(abs(mean[i] - swag.mean[i]) < 0.02)
      for j in 0..<3 { #expect(abs(covariance[i][j] - swagCovariance[i][j]) < 0.03, "\(i) \(j)") }
    }
  }

  @Test func theDensityOfSWAG() {
    let c = swagCovariance
    // Through the adjugate of the 3 x 3 matrix.
    func cofactor(_ i: Int, _ j: Int) -> Double {
      let (a, b, p, q) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3)
      return c[a][p] * c[b][q] - c[a][q] * c[b][p]
    }
    let determinant = (0..<3).reduce(0) { $0 + c[0][$1] * cofactor(0, $1) }
    for index in 0..<5 {
      var x = Vector<Double>(count: 3)
      let logDensity = swag.sampleWithLogDensity(index, key: key, into: x.unsafeMutablePointer())
      let d = (0..<3).map { x[$0] - swag.mean[$0] }
      var distance = 0.0
      for i in 0..<3 { for j in 0..<3 { distance += d[i] * cofactor(i, j) * d[j] / determinant } }
      let expected = -1.5 * log(2 * Double.pi) - 0.5 * log(determinant) - 0.5 * distance
      #expect(abs(logDensity - expected) < 1e-11)
      #expect(x == swag.sample(index, key: key))
    }
  }

  /// Parameters that never moved have next to no variance, and a finite density in single precision too.
  @Test func constantParametersOfSWAG() {
    let posterior = LowRankPlusDiagonal<Float>(
      mean: Vector([1, 2]), variance: Vector([0, 1]), deviations: [Vector([0, 1]), Vector([0, -1])])
    var x = Vector<Float>(count: 2)
    let logDensity = posterior.sampleWithLogDensity(0, key: key, into: x.unsafeMutablePointer())
    #expect(logDensity.isFinite && x[0] == 1 && x[1] != 2)
  }

  @Test func masksOfDropout() {
    // A layer of 4 x 3 weights and 3 biases, its inputs dropped in pairs; a second of 100 x 2.
    let count = 15 + 200
    let posterior = DropoutPosterior(
      Vector<Double>((1...count).map { Double($0) }),
      regions: [
        DropoutRegion(start: 0, inputs: 4, outputs: 3, block: 2, rate: 0.5),
        DropoutRegion(start: 15, inputs: 100, outputs: 2, rate: 0.2),
      ])
    var (pairs, dropped) = ([0.0, 0], 0.0)
    let samples = 4000
    for index in 0..<samples {
      let x = posterior.sample(index, key: key).array
      for pair in 0..<2 {
        let block = Array(x[(6 * pair)..<(6 * pair + 6)])
        let original = (0..<6).map { Double(6 * pair + $0 + 1) }
        #expect(block == original.map { 2 * $0 } || block == Array(repeating: 0, count: 6))
        pairs[pair] += block[0] == 0 ? 1 : 0
      }
      #expect(Array(x[12..<15]) == [13, 14, 15])
      for unit in 0..<100 {
        let start = 15 + 2 * unit
        #expect((x[start] == 0) == (x[start + 1] == 0))
        if x[start] == 0 { dropped += 1 } else { #expect(abs(x[start] - 1.25 * Double(start + 1)) < 1e-9) }
      }
    }
    for pair in pairs { #expect(abs(pair / Double(samples) - 0.5) < 0.04) }
    #expect(abs(dropped / Double(100 * samples) - 0.2) < 0.005)
    #expect(posterior.sample(3, key: key) == posterior.sample(3, key: key))
  }
}
