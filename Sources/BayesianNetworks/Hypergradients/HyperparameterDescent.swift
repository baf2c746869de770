import Probability
package import Tensors

/// How the hyperparameters descend.
package struct HyperparameterDescentSettings: Sendable {
  package var method: any HypergradientMethod
  /// The rule of the steps; it sees the gradient of Q divided by the number of examples that Q is a sum over.
  package var optimizer: any Optimizer
  /// The factor of the hyper-learning-rate.
  package var schedule: LearningRateSchedule
  package var clipping: GradientClipping?
  /// Steps in all.
  package var steps: Int
  package var batches: BatchSizes
  /// Up to so many hyperparameters, the trajectory holds all of them at each step.
  package var trajectoryLimit: Int

  package init(
    method: any HypergradientMethod, optimizer: any Optimizer, schedule: LearningRateSchedule = .constant,
    clipping: GradientClipping? = nil, steps: Int, batches: BatchSizes = BatchSizes(), trajectoryLimit: Int = 64
  ) {
    self.method = method
    self.optimizer = optimizer
    self.schedule = schedule
    self.clipping = clipping
    self.steps = steps
    self.batches = batches
    self.trajectoryLimit = trajectoryLimit
  }
}

/// Everything that a descent of hyperparameters carries from step to step: a value. Together with the problem, the settings
/// and the key it determines all further steps, bit for bit.
package struct HyperparameterDescentState<Scalar: TensorScalar>: Sendable, Equatable {
  package var hyperparameters: Vector<Scalar>
  /// The optimiser's buffers, each as long as the hyperparameters.
  package var optimizer: [Vector<Scalar>]
  package var weights: WeightState<Scalar>
  /// Steps made.
  package var step: Int
  /// Q at the hyperparameters before each step.
  package var values: [Double]
  /// The hyperparameters before each step, one after another; empty where they are too many.
  package var path: [Scalar]
  /// The lowest Q so far; infinite before the first step.
  package var bestValue: Double
  package var bestHyperparameters: Vector<Scalar>

  package init(
    hyperparameters: Vector<Scalar>, optimizer: [Vector<Scalar>], weights: WeightState<Scalar>, step: Int = 0,
    values: [Double] = [], path: [Scalar] = [], bestValue: Double = .infinity, bestHyperparameters: Vector<Scalar>
  ) {
    self.hyperparameters = hyperparameters
    self.optimizer = optimizer
    self.weights = weights
    self.step = step
    self.values = values
    self.path = path
    self.bestValue = bestValue
    self.bestHyperparameters = bestHyperparameters
  }

  /// (h, Q) before each step; h is nil where it was not kept.
  package var trajectory: [(hyperparameters: [Scalar]?, value: Double)] {
    let count = hyperparameters.count
    return values.enumerated().map { index, value in
      (path.isEmpty ? nil : Array(path[(index * count)..<((index + 1) * count)]), value)
    }
  }
}

/// Minimises Q(w*(h), h) over the hyperparameters in a box, one explicit step at a time: an estimate of the hypergradient, a
/// step of an optimiser, and the projection to the box.
package final class HyperparameterDescent<Problem: BilevelProblem> {
  package typealias Scalar = Problem.Scalar

  package let problem: Problem
  package let settings: HyperparameterDescentSettings
  package let box: HyperparameterBox
  package private(set) var state: HyperparameterDescentState<Scalar>
  private let estimator: any HypergradientEstimator<Scalar>
  private let lower: Vector<Scalar>
  private let upper: Vector<Scalar>
  private var gradient: Vector<Scalar>

  /// - Parameters:
  ///   - start: Where the search begins: a point of the box.
  ///   - key: Everything random follows from it: the start of the weights, the order of the examples, the noise.
  /// - Throws: `HypergradientError.badSetting` where the settings, the box or the start are out of range.
  package init(
    _ problem: Problem, start: Vector<Scalar>, box: HyperparameterBox, settings: HyperparameterDescentSettings,
    key: RandomKey
  ) throws(HypergradientError) {
    let count = problem.hyperparameterCount
    guard settings.steps >= 0 else {
      throw .badSetting(name: "the number of steps", found: "\(settings.steps)", expected: "0 or more")
    }
    for (name, found) in [("the start", start.count), ("the box", box.count)] where found != count {
      throw .badSetting(name: name, found: "\(found) numbers", expected: "one for each of \(count) hyperparameters")
    }
    (lower, upper) = (Vector(box.lower.map { Scalar($0) }), Vector(box.upper.map { Scalar($0) }))
    for index in 0..<count where !(start[index] >= lower[index] && start[index] <= upper[index]) {
      throw .badSetting(
        name: "the start of hyperparameter \(index)", found: "\(start[index])",
        expected: "a number from \(box.lower[index]) to \(box.upper[index])")
    }
    self.problem = problem
    self.settings = settings
    self.box = box
    estimator = try settings.method.estimator(for: problem, batches: settings.batches, key: key)
    state = HyperparameterDescentState(
      hyperparameters: start, optimizer: (0..<settings.optimizer.stateBuffers).map { _ in Vector(count: count) },
      weights: estimator.initialState(), bestHyperparameters: start[0..<count])
    gradient = Vector(count: count)
  }

  package var isFinished: Bool { state.step >= settings.steps }

  /// Numbers of memory that the programs use between inputs and outputs.
  package var workspaceCount: Int { estimator.workspaceCount }

  /// The gradient of the last step, dQ/dh.
  package var lastGradient: Vector<Scalar> { gradient }

  /// Goes on from a state that a descent of the same problem with the same settings and key had.
  package func resume(from state: HyperparameterDescentState<Scalar>) throws(HypergradientError) {
    guard state.hyperparameters.count == problem.hyperparameterCount,
      state.bestHyperparameters.count == problem.hyperparameterCount
    else {
      throw .wrongState(
        reason: "it has \(state.hyperparameters.count) hyperparameters, the problem \(problem.hyperparameterCount)")
    }
    guard state.optimizer.map(\.count) == self.state.optimizer.map(\.count) else {
      throw .wrongState(reason: "it has \(state.optimizer.count) buffers of another optimiser")
    }
    guard state.weights.counts == estimator.initialState().counts else {
      throw .wrongState(reason: "its weights belong to another problem or method")
    }
    guard state.values.count == state.step,
      state.path.count == (keepsPath ? state.step * problem.hyperparameterCount : 0)
    else {
      throw .wrongState(reason: "its trajectory has not one entry for each of \(state.step) steps")
    }
    self.state = state
  }

  private var keepsPath: Bool { problem.hyperparameterCount <= settings.trajectoryLimit }

  /// Makes one step, and gives the estimate before it.
  ///
  /// - Throws: `HypergradientError.diverged`, and the state is then of no more use.
  @discardableResult
  package func step() throws(HypergradientError) -> HypergradientEstimate {
    let (number, count) = (state.step, problem.hyperparameterCount)
    let hyperparameters = state.hyperparameters.unsafeMutablePointer()
    let derivative = gradient.unsafeMutablePointer()
    let estimate = try estimator.estimate(
      hyperparameters: UnsafePointer(hyperparameters), step: number, state: &state.weights, gradient: derivative)
    guard !Growth.isDivergence(estimate.value, from: state.values.first ?? 0) || isFirstAndFinite(estimate) else {
      throw .diverged(
        step: number + 1, trainingStep: nil,
        reason: Growth.reason("the validation loss", estimate.value, from: state.values.first ?? 0))
    }
    guard Scalar.allFinite(derivative, count: count) else {
      let index = (0..<count).first { !derivative[$0].isFinite } ?? 0
      throw .diverged(
        step: number + 1, trainingStep: nil, reason: "the gradient of hyperparameter \(index) is \(derivative[index])")
    }
    record(estimate, hyperparameters)
    var scale = 1 / Double(estimator.exampleCount)
    if let clipping = settings.clipping {
      scale = clipping.scale(UnsafePointer(derivative), count: count, gradientScale: scale).gradientScale
    }
    settings.optimizer.update(
      OptimizerStep(
        parameters: hyperparameters, gradient: UnsafePointer(derivative), count: count, gradientScale: scale,
        rateFactor: settings.schedule.factor(step: number), number: number, total: settings.steps),
      state: &state.optimizer)
    withExtendedLifetime((lower, upper)) {
      Scalar.clamp(hyperparameters, lower: lower.unsafePointer, upper: upper.unsafePointer, count: count)
    }
    state.step = number + 1
    guard Scalar.allFinite(hyperparameters, count: count) else {
      throw .diverged(step: number + 1, trainingStep: nil, reason: "a hyperparameter is not finite after the step")
    }
    return estimate
  }

  private func isFirstAndFinite(_ estimate: HypergradientEstimate) -> Bool {
    state.values.isEmpty && estimate.value.isFinite
  }

  private func record(_ estimate: HypergradientEstimate, _ hyperparameters: UnsafePointer<Scalar>) {
    let count = problem.hyperparameterCount
    state.values.append(estimate.value)
    if keepsPath { state.path.append(contentsOf: UnsafeBufferPointer(start: hyperparameters, count: count)) }
    if estimate.value < state.bestValue {
      state.bestValue = estimate.value
      Scalar.copy(hyperparameters, into: state.bestHyperparameters.unsafeMutablePointer(), count: count)
    }
  }
}
