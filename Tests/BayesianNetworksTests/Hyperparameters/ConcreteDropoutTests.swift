import Autodiff
import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct ConcreteDropoutTests {
  /// The factors by which units are multiplied.
  private static func masks<Scalar: TensorScalar>(
    _ rate: Double, temperature: Double, count: Int, of type: Scalar.Type
  ) -> [Double] {
    let ones = Variable<Scalar>.constant(Array(repeating: 1, count: count), shape: [count])
    let logit = Variable<Scalar>.constant(Scalar(log(rate / (1 - rate))))
    return values(ones.droppedOut(logit: logit, temperature: temperature, labels: [3, 1]))
  }

  private static func values<Scalar: TensorScalar>(_ variable: Variable<Scalar>) -> [Double] {
    let program = Program(inputs: [], outputs: [variable])
    program.run(key: RandomKey(seed: 95))
    return (0..<variable.shape.count).map { Double(program.output(0)[$0]) }
  }

  /// Dropout's masks have mean 1 and variance p / (1 - p); the relaxed ones' variance is smaller by 1 - t.
  @Test(arguments: [0.1, 0.5, 0.8]) func momentsAreThoseOfBernoulliMasks(rate: Double) {
    let count = 200_000
    let variance = rate / (1 - rate)
    for (temperature, bias) in [(0.1, 0.006), (0.01, 0)] {
      let masks = Self.masks(rate, temperature: temperature, count: count, of: Float.self)
      let mean = masks.reduce(0, +) / Double(count)
      let found = masks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      #expect(abs(mean - 1) < 4 * (variance / Double(count)).squareRoot() + bias, "\(mean) at \(temperature)")
      #expect(abs(found / variance - (1 - temperature)) < 0.02, "\(found) and \(variance) at \(temperature)")
    }
  }

  /// The same noise gives dropout's own masks in the limit.
  @Test func coldMasksAreDropoutsOwn() {
    func check<Scalar: TensorScalar>(_ type: Scalar.Type) {
      let ones = Variable<Scalar>.constant(Array(repeating: 1, count: 5000), shape: [5000])
      let hard = Self.values(ones.multiplied(by: NoiseSource(.dropout(rate: 0.3), labels: [3, 1])))
      let cold = Self.masks(0.3, temperature: 1e-6, count: 5000, of: type)
      #expect(Set(hard.map { $0 > 0 }).count == 2)
      #expect(zip(hard, cold).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func derivativesOfBothOrdersAreThoseOfDifferences() {
    let x = Variable<Double>.input([6], name: "x")
    let logit = Variable<Double>.input([1], name: "logit")
    let value = x.droppedOut(logit: logit.reshaped([]), temperature: 0.4, labels: [0]).squared().sum()
    let point = [
      (variable: x, values: Vector<Double>.normal(RandomKey(seed: 96), count: 6).array), (logit, [-0.7]),
    ]
    #expect(GradientCheck().error(of: value, at: point) < 1e-7)
    let first = gradient(of: value, withRespectTo: [x, logit])
    let second = first[0].squared().sum() + first[1].squared().sum()
    #expect(GradientCheck().error(of: second, at: point) < 1e-6)
  }
}
