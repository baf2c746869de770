import Autodiff
import Foundation
package import Probability
package import Tensors

/// How a hypernetwork is trained, whatever the method.
package struct ResponseSettings: Sendable {
  package var optimizer: any Optimizer
  /// The factor of the optimiser's rate, by the steps of the response.
  package var schedule = LearningRateSchedule.constant
  /// Training examples of a step, over all draws; more than there are is the same as all.
  package var batchSize: Int
  /// Validation examples of a step of the hyperparameters.
  package var validationBatchSize: Int
  /// The training has diverged where a loss of an example is above the first one by this many times its size or 1.
  package var growthLimit = 1e6

  package init(
    optimizer: any Optimizer = Adam(learningRate: 1e-3), schedule: LearningRateSchedule = .constant,
    batchSize: Int = 128, validationBatchSize: Int? = nil
  ) {
    self.optimizer = optimizer
    self.schedule = schedule
    self.batchSize = batchSize
    self.validationBatchSize = validationBatchSize ?? batchSize
  }
}

/// What a step has done, with the loss of one example before it.
package enum ResponseStep: Hashable, Sendable {
  case response(trainingLoss: Double)
  case hyperparameters(validationLoss: Double)
}

/// Trains a hypernetwork on a bilevel problem, one explicit step at a time.
///
/// Optimisers see gradients of the losses divided by the numbers of examples they stand for, so that learning rates mean
/// the same for every data set. A step makes no tensors.
package final class ResponseTrainer<Scalar: DensityScalar> {
  package let problem: any BilevelProblem<Scalar>
  package let response: any BestResponse<Scalar>
  package let method: any ResponseMethod
  package let settings: ResponseSettings
  package private(set) var state: ResponseState<Scalar>
  private let key: RandomKey
  private let training: ResponseProgram<Scalar>
  private let trainingExamples: MinibatchSource<Scalar>
  private let noise: Workspace<Scalar>
  private let gradient: Workspace<Scalar>
  private let outer: HyperparameterSteps<Scalar>?

  /// - Parameter key: Everything random follows from it: the start, the order of the examples, the draws.
  /// - Throws: `BestResponseError.badSetting` where sizes do not fit one another.
  package init(
    _ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>, method: any ResponseMethod,
    settings: ResponseSettings, key: RandomKey
  ) throws(BestResponseError) {
    try Self.check(problem, response, method, settings)
    (self.problem, self.response, self.method, self.settings, self.key) = (problem, response, method, settings, key)
    let batch = min(settings.batchSize, problem.training.count)
    let rows = method.sharesMinibatch ? batch : batch / method.draws
    training = ResponseProgram(
      .training, problem, response, draws: method.draws, rows: rows, sharesExamples: method.sharesMinibatch)
    trainingExamples = MinibatchSource(
      problem.training, rows: method.sharesMinibatch ? rows : rows * method.draws, key: key.folded(1))
    noise = Workspace(method.draws * problem.hyperparameterCount)
    gradient = Workspace(response.parameterCount)
    state = Self.initialState(problem, response, method, settings, key: key.folded(0))
    outer = method.search.map {
      HyperparameterSteps(problem, response, method: method, search: $0, settings: settings, key: key)
    }
  }

  /// Goes on from a state that a trainer of the same problem, response, method and settings had.
  package func resume(from state: ResponseState<Scalar>) throws(BestResponseError) {
    guard state.hasShape(of: self.state) else {
      throw .wrongState(
        reason: "it has \(state.parameters.count) parameters for \(state.hyperparameters.count) hyperparameters, and "
          + "there are \(self.state.parameters.count) for \(self.state.hyperparameters.count), or another optimiser's")
    }
    self.state = state
  }

  /// Numbers of memory beside the state: the programs' and those of gradients and draws.
  package var workspaceCount: Int {
    training.program.workspaceCount + response.parameterCount + method.draws * problem.hyperparameterCount
      + (outer?.workspaceCount ?? 0)
  }

  /// Whether the next step is one of the hyperparameters.
  package var nextIsSearch: Bool {
    guard let search = method.search, state.step >= search.warmup else { return false }
    let place = (state.step - search.warmup) % (search.turns.response + search.turns.hyperparameters)
    return place >= search.turns.response
  }

  /// Makes one step.
  ///
  /// - Throws: `BestResponseError.diverged` where a loss, a parameter or the current hyperparameters are not finite, or a
  ///   loss has grown beyond the limit. The losses are looked at in every step, the parameters in every step of a small
  ///   response and in every 64th of a large one.
  @discardableResult
  package func step() throws(BestResponseError) -> ResponseStep {
    if nextIsSearch, let outer { return .hyperparameters(validationLoss: try outer.step(&state)) }
    return .response(trainingLoss: try responseStep())
  }

  private func responseStep() throws(BestResponseError) -> Double {
    let number = state.responseSteps
    let parameters = state.parameters.unsafeMutablePointer()
    method.fill(
      noise.base, draws: method.draws, count: state.hyperparameters.count, key: key.folded(2).folded(number))
    let (inputs, targets) = trainingExamples.minibatch(step: number)
    let loss = withExtendedLifetime(state) {
      training.bind(
        location: state.hyperparameters.unsafePointer, logScale: state.logScales.unsafePointer,
        center: state.center.unsafePointer, noise: UnsafePointer(noise.base), parameters: parameters)
      training.bind(
        inputs, targets, inputColumns: trainingExamples.inputColumns, targetColumns: trainingExamples.targetColumns)
      training.bind(gradient: gradient.base)
      return training.run(key: key.folded(3).folded(number)) / Double(problem.training.count)
    }
    let first = state.firstTrainingLoss ?? loss
    try checkLoss(loss, first: first, limit: settings.growthLimit, what: "the training loss", step: state.step + 1)
    state.firstTrainingLoss = first
    settings.optimizer.update(
      OptimizerStep(
        parameters: parameters, gradient: UnsafePointer(gradient.base), count: state.parameters.count,
        gradientScale: 1 / Double(problem.training.count), rateFactor: settings.schedule.factor(step: number),
        number: number, examples: problem.training.count, key: key.folded(4).folded(number)),
      state: &state.optimizer)
    state.responseSteps = number + 1
    if state.parameters.count <= 4096 || number % 64 == 63,
      !Scalar.allFinite(parameters, count: state.parameters.count)
    {
      let place = (0..<state.parameters.count).first { !parameters[$0].isFinite }
      throw .diverged(
        step: state.step, part: place.map { response.locate($0) }, reason: "a parameter is not finite after the step")
    }
    return loss
  }

  private static func initialState(
    _ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>, _ method: any ResponseMethod,
    _ settings: ResponseSettings, key: RandomKey
  ) -> ResponseState<Scalar> {
    let parameters = response.initialParameters(
      weights: problem.initialWeights(key: key.folded(0)), key: key.folded(1))
    let count = problem.hyperparameterCount
    func buffers(_ optimizer: (any Optimizer)?, _ count: Int) -> [Vector<Scalar>] {
      (0..<(optimizer?.stateBuffers ?? 0)).map { _ in Vector(count: count) }
    }
    func vector(_ values: [Double]?) -> Vector<Scalar> {
      Vector(values?.map { Scalar($0) } ?? .init(repeating: 0, count: count))
    }
    let search = method.search
    return ResponseState(
      parameters: parameters, optimizer: buffers(settings.optimizer, parameters.count),
      center: vector(method.center(count: count)), hyperparameters: vector(search?.start),
      hyperparameterOptimizer: buffers(search?.optimizer, count), logScales: vector(search?.scale.map { log($0) }),
      logScaleOptimizer: buffers(search?.scaleTraining?.optimizer, count))
  }
}

/// Throws where a loss is not finite, or above the first one by more than the limit times its size.
func checkLoss(
  _ loss: Double, first: Double, limit: Double, what: String, step: Int
) throws(BestResponseError) {
  guard loss.isFinite else { throw .diverged(step: step, part: nil, reason: "\(what) is \(loss)") }
  guard loss - first <= limit * max(1, abs(first)) else {
    throw .diverged(step: step, part: nil, reason: "\(what) has grown from \(first) to \(loss)")
  }
}
