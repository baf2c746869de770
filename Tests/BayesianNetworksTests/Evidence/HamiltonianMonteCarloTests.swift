import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct HamiltonianMonteCarloTests {
  /// N((1, -2), diag(1, 0.3^2))
  static func density(_ x: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>) -> Double {
    let (a, b) = (x[0] - 1, (x[1] + 2) / 0.3)
    gradient[0] = -a
    gradient[1] = -b / 0.3
    return -0.5 * (a * a + b * b)
  }

  @Test func momentsOfAGaussian() {
    let chain = HamiltonianMonteCarlo(stepSize: 1, leapfrogSteps: 8).sample(
      20_000, from: Vector([0, 0]), warmup: 500, key: RandomKey(seed: 1), Self.density)
    #expect(abs(chain.acceptance - 0.8) < 0.1)
    for (column, (center, scale)) in [(1.0, 1.0), (-2, 0.3)].enumerated() {
      let values = (0..<20_000).map { chain.positions[$0, column] }
      let mean = values.reduce(0, +) / 20_000
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
      #expect(abs(mean - center) < 0.05 * scale)
      #expect(abs(variance / (scale * scale) - 1) < 0.06)
    }
  }

  /// Steps so large that most are refused still leave the distribution as it is: the correction is right.
  @Test func acceptanceCorrectsTheSteps() {
    let normal: LogDensityGradient = { x, gradient in
      gradient[0] = -x[0]
      return -0.5 * x[0] * x[0]
    }
    let chain = HamiltonianMonteCarlo(stepSize: 1.7, leapfrogSteps: 3, jitter: 0.1).sample(
      40_000, from: Vector([0]), warmup: 0, key: RandomKey(seed: 2), normal)
    #expect(chain.acceptance < 0.85 && chain.stepSize == 1.7)
    let variance = chain.positions.elements.array.reduce(0) { $0 + $1 * $1 } / 40_000
    #expect(abs(variance - 1) < 0.06)
  }

  @Test func equalKeysGiveEqualChains() {
    func run(_ seed: UInt64) -> [Double] {
      HamiltonianMonteCarlo().sample(
        20, from: Vector([0, 0]), warmup: 20, key: RandomKey(seed: seed), Self.density
      ).positions.elements.array
    }
    #expect(run(1) == run(1) && run(1) != run(2))
  }

  /// A trajectory that leaves the support is refused, and the chain stays where the density is.
  @Test func theSupportIsKept() {
    let exponential: LogDensityGradient = { x, gradient in
      gradient[0] = -1
      return x[0] > 0 ? -x[0] : -.infinity
    }
    let chain = HamiltonianMonteCarlo(stepSize: 0.3, leapfrogSteps: 5).sample(
      20_000, from: Vector([1]), warmup: 0, key: RandomKey(seed: 3), exponential)
    let values = chain.positions.elements.array
    #expect(values.allSatisfy { $0 > 0 })
    #expect(abs(values.reduce(0, +) / 20_000 - 1) < 0.1)
    let nowhere = HamiltonianMonteCarlo().sample(
      5, from: Vector([1]), warmup: 5, key: RandomKey(seed: 3)
    ) { _, gradient in
      gradient[0] = .nan
      return .nan
    }
    #expect(nowhere.positions.elements.array == [1, 1, 1, 1, 1] && nowhere.acceptance == 0)
  }

  /// Momenta of few and of many weights come from different generators.
  @Test(arguments: [1, 7, 127, 200]) func everyDimensionMixes(dimension: Int) {
    let chain = HamiltonianMonteCarlo(stepSize: 0.3).sample(
      400_000 / dimension / 10, from: Vector(count: dimension), warmup: 50, key: RandomKey(seed: 5)
    ) { x, gradient in
      for i in 0..<dimension { gradient[i] = -x[i] }
      return -0.5 * Double.sumOfSquares(x, count: dimension)
    }
    let values = chain.positions.elements.array
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(variance - 1) < 0.05)
    // The last weight as well: an odd number of them leaves one without a partner.
    let rows = chain.positions.rows
    let last = (0..<rows).reduce(0) { $0 + chain.positions[$1, dimension - 1] * chain.positions[$1, dimension - 1] }
    #expect(abs(last / Double(rows) - 1) < 0.4)
  }
}
