import Autodiff
import Probability
import Tensors

/// The gradient of each example's log likelihood with respect to its inputs, for one value of the weights at a time. The
/// programs and their memory are kept between calls; the weights are bound anew.
final class AdversarialGradient<Scalar: DensityScalar> {
  private let model: BayesianModel
  private let arena = Arena<Scalar>()
  private var programs: [(rows: Int, program: Program<Scalar>)] = []

  init(_ model: BayesianModel) {
    self.model = model
  }

  /// log p(y_i | x_i, w) of each row, and their derivatives with respect to the inputs, rows x inputs. Valid until the next
  /// call.
  func run(
    inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>, rows: Int, parameters: UnsafePointer<Scalar>
  ) -> (logLikelihoods: UnsafePointer<Scalar>, gradient: UnsafePointer<Scalar>) {
    let program = program(rows)
    program.bind(input: 0, to: inputs)
    switch targets {
    case .values(let values): program.bind(input: 1, to: values)
    case .classes(let classes): program.bind(input: 1, to: classes)
    }
    for layer in model.network.affineLayers { program.bind(input: 2 + layer.index, to: parameters + layer.start) }
    if model.likelihood.parameterCount > 0 {
      program.bind(input: 2 + model.network.affineLayers.count, to: parameters + model.network.parameterCount)
    }
    program.run()
    return (program.output(0), program.output(1))
  }

  private func program(_ rows: Int) -> Program<Scalar> {
    if let entry = programs.first(where: { $0.rows == rows }) { return entry.program }
    let network = model.network
    let x = Variable<Scalar>.input([rows, network.inputs], name: "inputs")
    let targets: Variable<Scalar> = model.likelihood.targetInput(examples: rows, outputs: network.outputs)
    let weights: [Variable<Scalar>] = network.weightInputs()
    let logNoise = model.likelihood.parameterCount > 0 ? Variable<Scalar>.input([], name: "log noise") : nil
    let values = model.likelihood.logLikelihoods(
      outputs: network.outputs(of: x, weights: weights), targets: targets, logNoise: logNoise)
    let program = Program(
      inputs: [x, targets] + weights + (logNoise.map { [$0] } ?? []),
      outputs: [values, gradient(of: values.sum(), withRespectTo: [x])[0]], arena: arena)
    programs.append((rows, program))
    return program
  }
}

extension Likelihood {
  /// The log likelihood of each row of outputs: rows numbers.
  func logLikelihoods<Scalar: DensityScalar>(
    outputs: Variable<Scalar>, targets: Variable<Scalar>, logNoise: Variable<Scalar>?
  ) -> Variable<Scalar> {
    let columns = outputs.shape.columns
    switch self {
    case .categorical:
      return (outputs.logSoftmax() * targets.oneHot(columns: columns)).sumOfColumns()
    case .gaussian(let scale, _):
      let squares = (outputs - targets).squared().sumOfColumns()
      guard let logNoise else {
        let constant = Double(columns) * Gaussian(scale: scale).logDensity(0)
        return squares * Scalar(-0.5 / (scale * scale)) + Scalar(constant)
      }
      let constant = Double(columns) * Gaussian().logDensity(0)
      return squares * ((logNoise * -2).exp() * -0.5) - logNoise * Scalar(columns) + Scalar(constant)
    }
  }
}
