import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct ConcreteDistributionTests {
  /// Probabilities and temperatures of the lecture's pictures, and lower temperatures.
  private static let cases: [(probabilities: [Double], temperature: Double)] = [
    ([1.0 / 3, 1.0 / 3, 1.0 / 3], 0.9), ([0.5, 0.25, 0.25], 30), ([0.75, 0.125, 0.125], 1), ([0.9, 0.05, 0.05], 1),
    ([0.9, 0.05, 0.05], 10), ([0.5, 0.25, 0.25], 0.1), ([0.75, 0.125, 0.125], 0.3),
  ]

  private static func distribution(_ index: Int) -> ConcreteDistribution {
    // A constant in all logits changes nothing.
    ConcreteDistribution(
      logits: cases[index].probabilities.map { log($0) + 0.7 }, temperature: cases[index].temperature)
  }

  /// The integral of the density times some functions of the logarithms: over log(x_1 / x_3) and log(x_2 / x_3), in which
  /// the simplex has no borders; dx = x_1 x_2 x_3 du.
  private static func integrals(
    _ distribution: ConcreteDistribution, _ functions: [([Double]) -> Double]
  ) -> [Double] {
    let (limit, points) = (36 / distribution.temperature, 360)
    let step = 2 * limit / Double(points)
    var totals = functions.map { _ in 0.0 }
    for i in 0...points {
      for j in 0...points {
        let u = [Double(i) * step - limit, Double(j) * step - limit, 0]
        let shift = logSumExp(u)
        let logarithms = u.map { $0 - shift }
        let mass = exp(distribution.logDensity(logarithms: logarithms) + logarithms.reduce(0, +)) * step * step
        for index in functions.indices { totals[index] += mass * functions[index](logarithms) }
      }
    }
    return totals
  }

  /// Draws, row by row.
  private static func draws(
    _ logits: [Double], temperature: Double, isHard: Bool, count: Int, seed: UInt64 = 80
  ) -> [[Double]] {
    let l = Variable<Double>.input([logits.count], name: "logits")
    let scalars = [log(temperature), isHard ? 1 : 0].map { Variable<Double>.constant($0) }
    let sample = ConcreteDistribution.sample(logits: l, logTemperature: scalars[0], isHard: scalars[1], labels: [3])
    let program = Program(inputs: [l], outputs: [sample])
    let memory = Vector(logits)
    return withExtendedLifetime(memory) {
      program.bind(input: 0, to: memory.unsafePointer)
      return (0..<count).map { draw in
        program.run(key: RandomKey(seed: seed).folded(draw))
        return Array(UnsafeBufferPointer(start: program.output(0), count: logits.count))
      }
    }
  }

  @Test(arguments: 0..<7) func densityIntegratesToOne(index: Int) {
    let total = Self.integrals(Self.distribution(index), [{ _ in 1 }])[0]
    #expect(abs(total - 1) < 1e-6, "\(total)")
  }

  /// Draws have the density's moments, those of small x included.
  @Test(arguments: 0..<7) func drawsHaveTheDensity(index: Int) {
    let distribution = Self.distribution(index)
    let functions: [([Double]) -> Double] = [
      { exp($0[0]) }, { exp(2 * $0[1]) }, { max($0[0], -30) }, { max($0[2], -30) },
    ]
    let exact = Self.integrals(distribution, functions)
    let count = 4000.0
    let draws = Self.draws(
      distribution.logits, temperature: distribution.temperature, isHard: false, count: Int(count))
    for (function, expected) in zip(functions, exact) {
      let values = draws.map { function($0.map { log($0) }) }
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      #expect(abs(mean - expected) < 4.5 * (variance / count).squareRoot() + 1e-6, "\(mean), \(expected)")
    }
  }

  /// By hand: n = 2, t = 1 and equal logits are uniform; with weights a and b the density at x is ab / (a(1-x) + bx)^2.
  @Test func densityOfTwoCategories() {
    let equal = ConcreteDistribution(logits: [0.4, 0.4], temperature: 1)
    #expect(abs(equal.logDensity(logarithms: [log(0.3), log(0.7)])) < 1e-12)
    let other = ConcreteDistribution(logits: [log(3), log(2)], temperature: 1)
    let expected = log(6 / pow(3 * 0.7 + 2 * 0.3, 2))
    #expect(abs(other.logDensity(logarithms: [log(0.3), log(0.7)]) - expected) < 1e-12)
    #expect(abs(other.probabilities[0] - 0.6) < 1e-12)
  }

  @Test(arguments: [0.1, 1, 10]) func largestNumberIsThatOfACategoricalDraw(temperature: Double) {
    let distribution = ConcreteDistribution(logits: [0, 1, -0.5, 0.3], temperature: temperature)
    let count = 6000
    var counts = [0, 0, 0, 0]
    for draw in Self.draws(distribution.logits, temperature: temperature, isHard: false, count: count) {
      counts[draw.indices.max { draw[$0] < draw[$1] } ?? 0] += 1
    }
    let deviation = zip(counts, distribution.probabilities).reduce(0) {
      let expected = $1.1 * Double(count)
      return $0 + (Double($1.0) - expected) * (Double($1.0) - expected) / expected
    }
    // Chi-squared of 3 degrees of freedom: 16.3 is its 0.999 quantile.
    #expect(deviation < 16.3, "\(counts)")
  }

  @Test func lowTemperaturesAreOneHot() {
    let cold = Self.draws([0, 1, -1], temperature: 1e-4, isHard: false, count: 500)
    #expect(cold.filter { ($0.max() ?? 0) > 1 - 1e-9 }.count > 495)
    let warm = Self.draws([0, 1, -1], temperature: 2, isHard: false, count: 500)
    #expect(warm.filter { ($0.max() ?? 0) > 0.99 }.count < 25)
  }

  @Test func sampleIsDifferentiable() {
    let (logits, logTemperature) = (
      Variable<Double>.input([4], name: "logits"), Variable<Double>.input([], name: "log temperature")
    )
    let sample = ConcreteDistribution.sample(logits: logits, logTemperature: logTemperature, labels: [1, 2])
    let loss = sample.dot(.constant([0.3, -1, 2, 0.7], shape: [4])).squared() + sample.squared().sum()
    for (seed, temperature) in [(1, 2.0), (2, 0.5), (3, 0.3)] as [(UInt64, Double)] {
      var check = GradientCheck()
      check.key = RandomKey(seed: seed)
      let error = check.error(of: loss, at: [(logits, [0.2, -0.3, 0.5, 0]), (logTemperature, [log(temperature)])])
      #expect(error < 1e-8)
    }
  }

  /// Forwards one-hot at the place of the soft draw's largest number, backwards the derivative of the soft one.
  @Test func straightThroughIsHardForwardsAndSoftBackwards() {
    let logits = Variable<Double>.input([3], name: "logits")
    let isHard = Variable<Double>.input([], name: "is hard")
    let sample = ConcreteDistribution.sample(
      logits: logits, logTemperature: .constant(log(0.8)), isHard: isHard, labels: [4])
    let gradients = gradient(of: sample.dot(.constant([1, -2, 0.5], shape: [3])), withRespectTo: [logits])
    let program = Program(inputs: [logits, isHard], outputs: [sample] + gradients)
    var memory = Vector([0.1, 0.4, -0.2, 0])
    let base = memory.unsafeMutablePointer()
    withExtendedLifetime(memory) {
      program.bind(input: 0, to: UnsafePointer(base))
      program.bind(input: 1, to: UnsafePointer(base + 3))
      for draw in 0..<50 {
        func run(_ isHard: Double) -> (sample: [Double], gradient: [Double]) {
          base[3] = isHard
          program.run(key: RandomKey(seed: 81).folded(draw))
          return (
            Array(UnsafeBufferPointer(start: program.output(0), count: 3)),
            Array(UnsafeBufferPointer(start: program.output(1), count: 3))
          )
        }
        let (soft, hard) = (run(0), run(1))
        let largest = soft.sample.indices.max { soft.sample[$0] < soft.sample[$1] }
        #expect(hard.sample == (0..<3).map { $0 == largest ? 1 : 0 })
        #expect(hard.gradient == soft.gradient)
        #expect(soft.gradient.contains { $0 != 0 })
      }
    }
  }

  @Test func noiseFollowsFromTheKey() {
    let first = Self.draws([0, 0, 0], temperature: 1, isHard: false, count: 5)
    #expect(first == Self.draws([0, 0, 0], temperature: 1, isHard: false, count: 5))
    let other = Self.draws([0, 0, 0], temperature: 1, isHard: false, count: 5, seed: 82)
    #expect(zip(first, other).allSatisfy { $0 != $1 })
  }
}
