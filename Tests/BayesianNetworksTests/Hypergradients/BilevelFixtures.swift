import Autodiff
import BayesianNetworks
import Foundation
import Tensors

typealias HypergradientVariable = Variable<Double>

/// One example that nothing depends on.
let noExamples = Examples(
  inputs: Matrix([0.0], rows: 1, columns: 1), targets: .values(Matrix([0.0], rows: 1, columns: 1)))

/// A bilevel problem of two expressions.
struct ExpressionProblem: BilevelProblem {
  typealias Loss = @Sendable (_ w: HypergradientVariable, _ h: HypergradientVariable) -> HypergradientVariable

  var start: [Double]
  var hyperparameterCount = 1
  var loss: Loss
  var quality: Loss

  var weightCount: Int { start.count }
  var training: Examples<Double> { noExamples }
  var validation: Examples<Double> { noExamples }

  func initialWeights(key: RandomKey) -> Vector<Double> { Vector(start) }

  func trainingLoss(
    _ examples: ExampleVariables<Double>, weights: HypergradientVariable, hyperparameters: HypergradientVariable,
    noise: [Int]
  ) -> HypergradientVariable { loss(weights, hyperparameters).reshaped([]) }

  func validationLoss(
    _ examples: ExampleVariables<Double>, weights: HypergradientVariable, hyperparameters: HypergradientVariable,
    noise: [Int]
  ) -> HypergradientVariable { quality(weights, hyperparameters).reshaped([]) }

  /// L = 1/2 (w - 2)^2 + 1/2 e^l w^2, Q = 1/2 (w - 1/2)^2: w*(l) = 2 / (1 + e^l), dQ/dl = -0.25 at l = 0, and the optimum
  /// is ln 3.
  static func scalarRidge(start: Double = 0.3) -> ExpressionProblem {
    ExpressionProblem(
      start: [start], loss: { w, l in (w - 2.0).squared() * 0.5 + l.exp() * w.squared() * 0.5 },
      quality: { w, _ in (w - 0.5).squared() * 0.5 })
  }
}

/// An estimate at given hyperparameters, the first of its method.
func firstEstimate<Problem: BilevelProblem>(
  _ method: any HypergradientMethod, _ problem: Problem, at hyperparameters: [Problem.Scalar],
  batches: BatchSizes = BatchSizes(), key: RandomKey = RandomKey(seed: 1)
) throws -> (estimate: HypergradientEstimate, gradient: [Double], state: WeightState<Problem.Scalar>) {
  let estimator = try method.estimator(for: problem, batches: batches, key: key)
  var state = estimator.initialState()
  let point = Vector(hyperparameters)
  var gradient = Vector<Problem.Scalar>(count: hyperparameters.count)
  let estimate = try estimator.estimate(
    hyperparameters: point.unsafePointer, step: 0, state: &state, gradient: gradient.unsafeMutablePointer())
  withExtendedLifetime(point) {}
  return (estimate, gradient.doubles, state)
}

/// A gradient by central differences.
func centralDifferences(
  at point: [Double], step: Double = 1e-4, _ value: ([Double]) throws -> Double
) rethrows -> [Double] {
  try point.indices.map { index in
    var (above, below) = (point, point)
    above[index] += step
    below[index] -= step
    return try (value(above) - value(below)) / (2 * step)
  }
}

/// The largest difference, relative to the largest of the second numbers.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  let scale = expected.map(\.magnitude).max() ?? 1
  return (zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0) / scale
}

/// Classes that depend on the inputs, with noise.
func logisticProblem(
  _ grouping: ScaleGrouping, hidden: [Int] = [], rows: Int = 14
) -> RegularizedNetworkProblem<Double> {
  RegularizedNetworkProblem(
    Network(inputs: 3, hidden: hidden, outputs: 3, activation: .tanh), likelihood: .categorical, grouping: grouping,
    training: examples(.categorical, rows: rows, inputs: 3, outputs: 3, seed: 3),
    validation: examples(.categorical, rows: 11, inputs: 3, outputs: 3, seed: 4))
}

/// A regression in single precision with dropout and learned noise.
func noisyNetworkProblem(_ grouping: ScaleGrouping = .layers) -> RegularizedNetworkProblem<Float> {
  let likelihood = Likelihood.gaussian(scale: 0.5, learned: true)
  return RegularizedNetworkProblem(
    Network(inputs: 4, hidden: [8], outputs: 2, activation: .tanh, dropout: 0.2), likelihood: likelihood,
    grouping: grouping, training: examples(likelihood, rows: 50, inputs: 4, outputs: 2, seed: 5),
    validation: examples(likelihood, rows: 20, inputs: 4, outputs: 2, seed: 6))
}
