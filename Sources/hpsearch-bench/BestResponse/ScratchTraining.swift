import Autodiff
import BayesianNetworks
import Tensors

/// Weights trained from scratch at given hyperparameters as the poster's are: Adam with a learning rate of 1e-4, 1000
/// steps, each on neighbouring examples from a random place on.
final class ScratchTraining {
  private let problem: PosterProblem
  private let steps: Int
  private let rows: Int
  private let key: RandomKey
  private let program: Program<Float>
  private let optimizer = Adam(learningRate: 1e-4)

  init(_ problem: PosterProblem, steps: Int = 1000, batchSize: Int = 100, key: RandomKey) {
    (self.problem, self.steps, self.key) = (problem, steps, key)
    rows = min(batchSize, problem.training.count)
    let weights = Variable<Float>.input([problem.weightCount], name: "weights")
    let h = Variable<Float>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: rows, of: problem.training)
    let loss = problem.trainingLoss(batch, weights: weights, hyperparameters: h, noise: [])
    program = Program(
      inputs: [weights, h, batch.inputs, batch.targets], outputs: [loss],
      destinations: Autodiff.gradient(of: loss, withRespectTo: [weights]))
  }

  /// All trainings start at the same weights and see the same examples.
  func weights(at hyperparameters: [Double]) -> Vector<Float> {
    guard case .values(let targets) = problem.training.targets else { preconditionFailure("the targets are classes") }
    let inputs = problem.training.inputs
    let places = UInt64(problem.training.count - rows + 1)
    let point = Vector(hyperparameters.map { Float($0) })
    var weights = problem.initialWeights(key: key.folded(0))
    var gradient = Vector<Float>(count: weights.count)
    var moments = (0..<optimizer.stateBuffers).map { _ in Vector<Float>(count: weights.count) }
    let (parameters, slope) = (weights.unsafeMutablePointer(), gradient.unsafeMutablePointer())
    withExtendedLifetime((point, inputs, targets, gradient)) {
      program.bind(input: 0, to: UnsafePointer(parameters))
      program.bind(input: 1, to: point.unsafePointer)
      program.bind(destination: 0, to: slope)
      for step in 0..<steps {
        let start = Int(key.folded(1).bits(UInt64(step)).multipliedFullWidth(by: places).high)
        program.bind(input: 2, to: inputs.unsafePointer + start * inputs.columns)
        program.bind(input: 3, to: targets.unsafePointer + start * targets.columns)
        program.run(key: key)
        optimizer.update(
          OptimizerStep(
            parameters: parameters, gradient: UnsafePointer(slope), count: weights.count,
            gradientScale: 1 / Double(problem.training.count), number: step),
          state: &moments)
      }
    }
    return weights
  }
}
