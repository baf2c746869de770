import BayesianNetworks
import StudyModel
import Tensors

/// Early stopping of a run: when the validation data is looked at, the best state so far, and whether it is enough.
struct StoppingRule {
  private let configuration: TrainingConfiguration.EarlyStopping
  private let stepsPerEpoch: Int
  private(set) var best: Checkpoint<Float>.Best?
  private(set) var hasStopped = false

  init(_ configuration: TrainingConfiguration.EarlyStopping, stepsPerEpoch: Int) {
    self.configuration = configuration
    self.stepsPerEpoch = stepsPerEpoch
  }

  func isDue(after step: Int) -> Bool { step % (stepsPerEpoch * configuration.everyEpochs) == 0 }

  /// Takes the score of a state in; higher is better.
  mutating func update(_ state: TrainingState<Float>, score: Double) {
    if !score.isNaN, best.map({ score > $0.score }) ?? true {
      best = Checkpoint<Float>.Best(
        step: state.step, score: score, parameters: state.parameters, collected: state.collected)
    }
    judge(state.step)
  }

  /// The patience is counted in epochs from the best state, so that a resumed run stops where it would have stopped.
  private mutating func judge(_ step: Int) {
    hasStopped = best.map { step - $0.step >= configuration.patience * stepsPerEpoch } ?? false
  }

  mutating func resume(best: Checkpoint<Float>.Best?, step: Int) {
    self.best = best
    // As the last look at the data saw it, and not where the checkpoint happens to be between two looks.
    judge(step - step % (stepsPerEpoch * configuration.everyEpochs))
  }

  /// The state that the training goes back to.
  var bestState: TrainingState<Float>? {
    best.map { TrainingState(parameters: $0.parameters, optimizer: [], collected: $0.collected, step: $0.step) }
  }
}
