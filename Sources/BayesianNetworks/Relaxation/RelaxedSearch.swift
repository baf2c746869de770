import Autodiff
import Foundation
package import Probability
package import Tensors

/// Trains the weights and the choices of a relaxed problem together, one explicit step at a time: the weights down L, and
/// the logits down Q with the weights as they are, the partial derivative alone (SNAS, Xie et al. 2019; DARTS of first
/// order, Liu et al. 2019).
///
/// A step is one of the weights and, after the warm-up, one of the logits. Weights that options share are a compromise:
/// options that learn fast beside the others win early, and the more so the less the options have in common. A lower rate
/// of the weights, a longer warm-up and the entropy help; the answer is to be verified (`RelaxedVerification`).
package final class RelaxedSearch<Scalar: DensityScalar> {
  package let problem: any RelaxedProblem<Scalar>
  package let settings: RelaxedSearchSettings
  package private(set) var state: RelaxedSearchState<Scalar>
  private let key: RandomKey
  private let training: RelaxedLoss<Scalar>
  private let validation: RelaxedLoss<Scalar>
  private let hyperparameters: Workspace<Scalar>
  private let arena = Arena<Scalar>()

  /// What a step has done: the losses of one example before it.
  package struct Step: Hashable, Sendable {
    package var trainingLoss: Double
    /// nil in the warm-up.
    package var validationLoss: Double?
  }

  /// - Parameter key: Everything random follows from it: the start, the order of the examples, the draws.
  package init(
    _ problem: any RelaxedProblem<Scalar>, settings: RelaxedSearchSettings, key: RandomKey
  ) throws(RelaxedSearchError) {
    try settings.check()
    for (index, choice) in problem.choices.enumerated()
    where choice.options.count > 1 && !problem.objectiveDepends(onChoice: index) {
      throw .choiceWithoutGradient(name: choice.name)
    }
    (self.problem, self.settings, self.key) = (problem, settings, key)
    training = RelaxedLoss(.training, problem, batchSize: settings.batchSize, arena: arena, key: key.folded(1))
    validation = RelaxedLoss(
      .validation, problem, batchSize: settings.validationBatchSize, arena: arena, key: key.folded(2))
    hyperparameters = Workspace(problem.hyperparameterCount)
    let weights = problem.initialWeights(key: key.folded(0))
    let logitCount = problem.logitCount
    state = RelaxedSearchState(
      weights: weights, optimizer: (0..<settings.optimizer.stateBuffers).map { _ in Vector(count: weights.count) },
      logits: Vector(count: logitCount),
      logitOptimizer: (0..<settings.logitOptimizer.stateBuffers).map { _ in Vector(count: logitCount) })
  }

  /// Goes on from a state that a search on the same problem with the same settings had.
  package func resume(from state: RelaxedSearchState<Scalar>) throws(RelaxedSearchError) {
    guard state.hasShape(of: self.state) else {
      throw .wrongState(
        reason: "it has \(state.weights.count) weights and \(state.logits.count) logits, and there are "
          + "\(self.state.weights.count) and \(self.state.logits.count), or another optimiser's")
    }
    self.state = state
  }

  package var isFinished: Bool { state.step >= settings.steps }

  /// softmax of each choice's logits.
  package var probabilities: [[Double]] {
    let logits = state.logits.doubles
    return problem.logitRanges.map { ConcreteDistribution(logits: Array(logits[$0]), temperature: 1).probabilities }
  }

  /// The option of each choice that has the largest logit.
  package var choices: [Int] {
    probabilities.map { options in options.indices.max { options[$0] < options[$1] } ?? 0 }
  }

  /// The most probable selections, one option of each choice, the best one first: what to verify.
  package func candidates(_ count: Int) -> [[Int]] {
    // The most probable ones of a product are among those of its factors.
    probabilities.reduce(into: [(selection: [Int], log: Double)]([([], 0)])) { partial, options in
      let longer = partial.flatMap { entry in
        options.indices.map {
          (selection: entry.selection + [$0], log: entry.log + log(max(options[$0], .leastNormalMagnitude)))
        }
      }
      partial = Array(longer.sorted { $0.log > $1.log }.prefix(count))
    }.map(\.selection)
  }

  /// Numbers of memory beside the state.
  package var workspaceCount: Int {
    arena.count + training.workspaceCount + validation.workspaceCount + problem.hyperparameterCount
  }

  /// Makes one step.
  ///
  /// - Throws: `RelaxedSearchError.diverged` where a loss, a weight or a logit is not finite, or a loss has grown beyond the
  ///   limit. The losses and the logits are looked at in every step, the weights in every step of a small model and in
  ///   every 64th of a large one.
  @discardableResult
  package func step() throws(RelaxedSearchError) -> Step {
    let number = state.step
    let trainingLoss = try weightStep(number)
    let validationLoss: Double? = number < settings.warmupSteps ? nil : try logitStep(number)
    state.step = number + 1
    return Step(trainingLoss: trainingLoss, validationLoss: validationLoss)
  }

  private func weightStep(_ number: Int) throws(RelaxedSearchError) -> Double {
    // Of equal logits one-hot draws are uniform.
    let uniform = Double(key.folded(3).folded(number).bits(0) &>> 11) * 0x1p-53
    schedule(number, isUniform: uniform < settings.exploration(step: number))
    let weights = state.weights.unsafeMutablePointer()
    let loss = training.evaluate(
      step: number, weights: UnsafePointer(weights), hyperparameters: UnsafePointer(hyperparameters.base),
      key: key.folded(4).folded(number))
    let first = state.firstTrainingLoss ?? loss
    try check(loss, first: first, what: "the training loss")
    state.firstTrainingLoss = first
    let count = state.weights.count
    let factor = (settings.schedule ?? .cosine(steps: settings.steps)).factor(step: number)
    settings.optimizer.update(
      OptimizerStep(
        parameters: weights, gradient: UnsafePointer(training.gradient.base), count: count,
        gradientScale: clipped(training, count: count), rateFactor: factor, number: number, total: settings.steps,
        examples: training.count, key: key.folded(5).folded(number)), state: &state.optimizer)
    if count <= 4096 || number % 64 == 63 || number + 1 == settings.steps, !Scalar.allFinite(weights, count: count) {
      throw .diverged(step: number + 1, reason: "a weight is not finite after the step")
    }
    return loss
  }

  private func logitStep(_ number: Int) throws(RelaxedSearchError) -> Double {
    schedule(number, isUniform: false)
    let loss = withExtendedLifetime(state) {
      validation.evaluate(
        step: number, weights: state.weights.unsafePointer, hyperparameters: UnsafePointer(hyperparameters.base),
        key: key.folded(6).folded(number))
    }
    let first = state.firstValidationLoss ?? loss
    try check(loss, first: first, what: "the validation loss")
    state.firstValidationLoss = first
    let count = state.logits.count
    addEntropy(settings.entropyWeight(step: number))
    let logits = state.logits.unsafeMutablePointer()
    let made = number - settings.warmupSteps
    settings.logitOptimizer.update(
      OptimizerStep(
        parameters: logits, gradient: UnsafePointer(validation.gradient.base), count: count,
        gradientScale: clipped(validation, count: count), number: made, examples: validation.count,
        key: key.folded(7).folded(number)), state: &state.logitOptimizer)
    guard Scalar.allFinite(logits, count: count) else {
      throw .diverged(step: number + 1, reason: "a logit is not finite after the step")
    }
    return loss
  }

  /// Writes the hyperparameters of a step.
  private func schedule(_ number: Int, isUniform: Bool) {
    let (count, out) = (state.logits.count, hyperparameters.base)
    if isUniform {
      Scalar.fill(out, with: 0, count: count)
    } else {
      withExtendedLifetime(state) { Scalar.copy(state.logits.unsafePointer, into: out, count: count) }
    }
    out[count] = Scalar(log(settings.temperature(step: number)))
    out[count + 1] = isUniform || settings.isStraightThrough(step: number) ? 1 : 0
  }

  /// Adds the derivative of -weight H(softmax(logits)), for each choice, to Q's.
  private func addEntropy(_ weight: Double) {
    guard weight > 0 else { return }
    for (range, probabilities) in zip(problem.logitRanges, probabilities) {
      let logs = probabilities.map { log(max($0, .leastNormalMagnitude)) }
      let entropy = -zip(probabilities, logs).reduce(0) { $0 + $1.0 * $1.1 }
      for (index, (p, l)) in zip(range, zip(probabilities, logs)) {
        validation.gradient.base[index] += Scalar(weight * Double(validation.count) * p * (l + entropy))
      }
    }
  }

  /// The factor that makes a gradient that of one example, clipped.
  private func clipped(_ loss: RelaxedLoss<Scalar>, count: Int) -> Double {
    let scale = 1 / Double(loss.count)
    guard let clipping = settings.clipping else { return scale }
    return clipping.scale(UnsafePointer(loss.gradient.base), count: count, gradientScale: scale).gradientScale
  }

  private func check(_ loss: Double, first: Double, what: String) throws(RelaxedSearchError) {
    guard loss.isFinite else { throw .diverged(step: state.step + 1, reason: "\(what) is \(loss)") }
    guard loss - first <= settings.growthLimit * max(1, abs(first)) else {
      throw .diverged(step: state.step + 1, reason: "\(what) has grown from \(first) to \(loss)")
    }
  }
}
