import Autodiff
import Probability
import Tensors

/// A loss of a relaxed problem on minibatches, with its gradient with respect to the weights (L) or to the hyperparameters
/// (Q): built once.
final class RelaxedLoss<Scalar: DensityScalar> {
  enum Kind { case training, validation }

  /// All examples that the loss stands for.
  let count: Int
  let gradient: Workspace<Scalar>
  let gradientCount: Int
  private let program: Program<Scalar>
  private let examples: MinibatchSource<Scalar>

  init(
    _ kind: Kind, _ problem: any RelaxedProblem<Scalar>, batchSize: Int, arena: Arena<Scalar>, key: RandomKey
  ) {
    let isTraining = kind == .training
    let data = isTraining ? problem.training : problem.validation
    count = data.count
    examples = MinibatchSource(data, rows: min(batchSize, data.count), key: key)
    let weights = Variable<Scalar>.input([problem.weightCount], name: "weights")
    let h = Variable<Scalar>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: examples.rows, of: data)
    let loss =
      isTraining
      ? problem.trainingLoss(batch, weights: weights, hyperparameters: h, noise: [0])
      : problem.validationLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    program = Program(
      inputs: [weights, h, batch.inputs, batch.targets], outputs: [loss],
      destinations: Autodiff.gradient(of: loss, withRespectTo: [isTraining ? weights : h]), arena: arena)
    gradientCount = isTraining ? problem.weightCount : problem.hyperparameterCount
    gradient = Workspace(gradientCount)
  }

  var workspaceCount: Int { gradientCount }

  /// The loss of one example at a step, with the gradient of the whole loss in `gradient`.
  func evaluate(
    step: Int, weights: UnsafePointer<Scalar>, hyperparameters: UnsafePointer<Scalar>, key: RandomKey
  ) -> Double {
    let (inputs, targets) = examples.minibatch(step: step)
    program.bind(input: 0, to: weights)
    program.bind(input: 1, to: hyperparameters)
    program.bind(input: 2, to: inputs)
    switch targets {
    case .values(let values): program.bind(input: 3, to: values)
    case .classes(let classes): program.bind(input: 3, to: classes)
    }
    program.bind(destination: 0, to: gradient.base)
    program.run(key: key)
    return Double(program.output(0)[0]) / Double(count)
  }
}
