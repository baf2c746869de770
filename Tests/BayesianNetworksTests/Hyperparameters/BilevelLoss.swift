import Autodiff
import BayesianNetworks
import Foundation
import Tensors

/// L or Q of all its examples, as an expression with its inputs and as a number.
final class BilevelLoss {
  enum Kind { case training, validation }

  let loss: Variable<Double>
  let weights: Variable<Double>
  /// One input for each.
  let hyperparameters: [Variable<Double>]
  let batch: ExampleVariables<Double>
  private let examples: Examples<Double>
  private lazy var program = Program(
    inputs: [weights] + hyperparameters + [batch.inputs, batch.targets], outputs: [loss])

  init(_ kind: Kind, _ problem: some BilevelProblem<Double>) {
    examples = kind == .training ? problem.training : problem.validation
    batch = ExampleVariables(rows: examples.count, of: examples)
    weights = .input([problem.weightCount], name: "weights")
    hyperparameters = (0..<problem.hyperparameterCount).map { .input([1], name: "hyperparameter \($0)") }
    let all = Variable.concatenated(hyperparameters)
    loss =
      kind == .training
      ? problem.trainingLoss(batch, weights: weights, hyperparameters: all, noise: [0])
      : problem.validationLoss(batch, weights: weights, hyperparameters: all, noise: [0])
  }

  private var targets: Vector<Double> {
    guard case .values(let values) = examples.targets else { preconditionFailure("these losses are of regressions") }
    return values.elements
  }

  func value(_ weights: [Double], _ hyperparameters: [Double], key: RandomKey = RandomKey(seed: 0)) -> Double {
    let inputs = [Vector(weights)] + hyperparameters.map { Vector([$0]) } + [examples.inputs.elements, targets]
    return withExtendedLifetime(inputs) {
      for (index, input) in inputs.enumerated() { program.bind(input: index, to: input.unsafePointer) }
      program.run(key: key)
      return program.output(0)[0]
    }
  }

  /// The mean over some keys, and its standard error.
  func mean(
    _ weights: [Double], _ hyperparameters: [Double], keys: Int
  ) -> (mean: Double, error: Double) {
    let values = (0..<keys).map { value(weights, hyperparameters, key: RandomKey(seed: 91).folded($0)) }
    let mean = values.reduce(0, +) / Double(keys)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(keys * (keys - 1))).squareRoot())
  }

  /// The largest error of the derivatives of an expression of the loss, with respect to the weights and to each
  /// hyperparameter by itself, at fixed noise.
  func gradientError(
    _ expression: (Variable<Double>) -> Variable<Double> = { $0 }, at weights: [Double], _ hyperparameters: [Double]
  ) -> Double {
    let value = expression(loss)
    let all = [(variable: self.weights, values: weights)] + zip(self.hyperparameters, hyperparameters.map { [$0] })
    let data = [(variable: batch.inputs, values: examples.inputs.elements.array), (batch.targets, targets.array)]
    return all.indices.map { index in
      GradientCheck().error(
        of: value, at: [all[index]], others: all.indices.filter { $0 != index }.map { all[$0] } + data)
    }.max()!
  }

  /// The same of the derivative with respect to the weights in some direction: second derivatives, the mixed ones among
  /// them.
  func mixedError(at weights: [Double], _ hyperparameters: [Double]) -> Double {
    let direction = Vector<Double>.normal(RandomKey(seed: 92), count: weights.count).array
    return gradientError(
      { gradient(of: $0, withRespectTo: [self.weights])[0].dot(.constant(direction, shape: [weights.count])) },
      at: weights, hyperparameters)
  }

  /// Which derivatives with respect to hyperparameters are 0.
  func independent(at weights: [Double], _ hyperparameters: [Double]) -> [Int] {
    let program = Program(
      inputs: [self.weights] + self.hyperparameters + [batch.inputs, batch.targets],
      outputs: gradient(of: loss, withRespectTo: self.hyperparameters))
    let inputs = [Vector(weights)] + hyperparameters.map { Vector([$0]) } + [examples.inputs.elements, targets]
    return withExtendedLifetime(inputs) {
      for (index, input) in inputs.enumerated() { program.bind(input: index, to: input.unsafePointer) }
      program.run(key: RandomKey(seed: 0))
      return hyperparameters.indices.filter { program.output($0)[0] == 0 }
    }
  }
}

/// Targets sin(2 x_0) + x_1 x_2 / 2 + ..., with noise.
func smoothExamples<Scalar: TensorScalar>(
  rows: Int, inputs: Int = 3, noise: Double = 0.3, seed: UInt64
) -> Examples<Scalar> {
  let x = Vector<Double>.normal(RandomKey(seed: seed), count: rows * inputs).array
  let e = Vector<Double>.normal(RandomKey(seed: seed + 1000), count: rows).array
  let y = (0..<rows).map { row -> Scalar in
    let point = Array(x[(row * inputs)..<((row + 1) * inputs)])
    return Scalar(sin(2 * point[0]) + 0.5 * point[1] * point[inputs - 1] + noise * e[row])
  }
  return Examples(
    inputs: Matrix(Vector(x.map { Scalar($0) }), rows: rows, columns: inputs),
    targets: .values(Matrix(Vector(y), rows: rows, columns: 1)))
}
