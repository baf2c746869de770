import Autodiff
import Foundation
import Probability
import Tensors

/// The steps of the current hyperparameters, and of the perturbations' scale, down the validation loss of the weights that
/// the response gives.
final class HyperparameterSteps<Scalar: DensityScalar> {
  private let search: HyperparameterSearch
  private let settings: ResponseSettings
  private let method: any ResponseMethod
  private let key: RandomKey
  private let program: ResponseProgram<Scalar>
  private let examples: MinibatchSource<Scalar>
  private let noise: Workspace<Scalar>
  private let gradient: Workspace<Scalar>
  private let recentring: Recentring<Scalar>?
  private let hyperparameterCount: Int

  init(
    _ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>, method: any ResponseMethod,
    search: HyperparameterSearch, settings: ResponseSettings, key: RandomKey
  ) {
    (self.method, self.search, self.settings, self.key) = (method, search, settings, key)
    hyperparameterCount = problem.hyperparameterCount
    let isPerturbed = search.scaleTraining != nil
    let batch = min(settings.validationBatchSize, problem.validation.count)
    // Perturbed, each draw has examples of its own, as in the response's steps.
    let draws = isPerturbed ? min(method.draws, batch) : 1
    program = ResponseProgram(
      .validation(perturbed: isPerturbed), problem, response, draws: draws, rows: batch / draws, sharesExamples: false)
    examples = MinibatchSource(problem.validation, rows: batch / draws * draws, key: key.folded(5))
    noise = Workspace(draws * problem.hyperparameterCount)
    gradient = Workspace(2 * problem.hyperparameterCount)
    Scalar.fill(noise.base, with: 0, count: draws * problem.hyperparameterCount)
    recentring = search.centersResponse && response.isRecentrable ? Recentring(problem, response) : nil
  }

  var workspaceCount: Int {
    program.program.workspaceCount + (recentring?.workspaceCount ?? 0) + (program.draws + 2) * hyperparameterCount
  }

  /// Makes a step, and gives the validation loss of one example before it.
  func step(_ state: inout ResponseState<Scalar>) throws(BestResponseError) -> Double {
    let (number, count) = (state.hyperparameterSteps, state.hyperparameters.count)
    let location = state.hyperparameters.unsafeMutablePointer()
    let logScales = state.logScales.unsafeMutablePointer()
    if search.scaleTraining != nil {
      method.fill(noise.base, draws: program.draws, count: count, key: key.folded(6).folded(number))
    }
    let (inputs, targets) = examples.minibatch(step: number)
    let loss = withExtendedLifetime(state) {
      program.bind(
        location: UnsafePointer(location), logScale: UnsafePointer(logScales), center: state.center.unsafePointer,
        noise: UnsafePointer(noise.base), parameters: state.parameters.unsafePointer)
      program.bind(inputs, targets, inputColumns: examples.inputColumns, targetColumns: examples.targetColumns)
      program.program.bind(destination: 0, to: gradient.base)
      if search.scaleTraining != nil { program.program.bind(destination: 1, to: gradient.base + count) }
      return program.run(key: key.folded(7).folded(number)) / Double(examples.count)
    }
    let first = state.firstValidationLoss ?? loss
    try checkLoss(loss, first: first, limit: settings.growthLimit, what: "the validation loss", step: state.step + 1)
    state.firstValidationLoss = first
    let factor = search.schedule.factor(step: number)
    func update(
      _ optimizer: any Optimizer, _ parameters: UnsafeMutablePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>,
      _ scale: Double, _ label: Int, _ buffers: inout [Vector<Scalar>]
    ) {
      optimizer.update(
        OptimizerStep(
          parameters: parameters, gradient: UnsafePointer(gradient), count: count, gradientScale: scale,
          rateFactor: factor, number: number, examples: examples.count, key: key.folded(label).folded(number)),
        state: &buffers)
    }
    let perExample = 1 / Double(examples.count)
    update(search.optimizer, location, gradient.base, perExample, 8, &state.hyperparameterOptimizer)
    if let training = search.scaleTraining {
      let toScales = gradient.base + count
      Scalar.scale(toScales, by: Scalar(perExample), subtracting: Scalar(training.entropyWeight), count: count)
      update(training.optimizer, logScales, toScales, 1, 9, &state.logScaleOptimizer)
      let (low, high) = (Scalar(log(training.range.lowerBound)), Scalar(log(training.range.upperBound)))
      Scalar.clamp(logScales, low, high, count: count)
    }
    guard Scalar.allFinite(location, count: count), Scalar.allFinite(logScales, count: count) else {
      throw .diverged(
        step: state.step + 1, part: "the hyperparameters", reason: "they are not finite after the step")
    }
    search.box?.project(location)
    state.hyperparameterSteps = number + 1
    recentring?.recentre(&state)
    return loss
  }
}

/// Moves the response's centre to the current hyperparameters, and leaves the response as it is.
private final class Recentring<Scalar: DensityScalar> {
  private let program: Program<Scalar>
  private let starts: [Int]
  private let weightCount: Int

  init(_ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>) {
    let count = problem.hyperparameterCount
    weightCount = response.weightCount
    starts = response.starts
    let (location, center) = (
      Variable<Scalar>.input([count], name: "location"), Variable<Scalar>.input([count], name: "centre")
    )
    let parts = response.parts.map { Variable<Scalar>.input($0.shape, name: $0.name) }
    let distances = Variable.concatenated([location - center, .zeros([count])]).reshaped([2, count])
    let weights = response.weights(distances: distances, parts: parts)
    let base = parts[0].slice(from: 0, shape: [weightCount])
    program = Program(inputs: [location, center] + parts, outputs: [base + (weights[0] - weights[1])])
  }

  var workspaceCount: Int { program.workspaceCount }

  func recentre(_ state: inout ResponseState<Scalar>) {
    let (parameters, center) = (state.parameters.unsafeMutablePointer(), state.center.unsafeMutablePointer())
    let location = state.hyperparameters.unsafePointer
    program.bind(input: 0, to: location)
    program.bind(input: 1, to: UnsafePointer(center))
    for (index, start) in starts.enumerated() {
      program.bind(input: 2 + index, to: UnsafePointer(parameters + start))
    }
    program.run()
    Scalar.copy(program.output(0), into: parameters, count: weightCount)
    Scalar.copy(location, into: center, count: state.center.count)
    withExtendedLifetime(state) {}
  }
}
