/// A sweep file, decoded. Section 7 of the design says what each part means; the schema in configs/ is generated from
/// these types.
package struct SweepConfiguration: Hashable, Sendable {
  package struct Objective: Hashable, Sendable {
    package enum Goal: String, Hashable, Sendable, CaseIterable {
      case minimize, maximize
    }

    package enum Function: String, Hashable, Sendable, CaseIterable {
      case branin, hartmann6, ackley, levy, rosenbrock, noop
    }

    /// The metric that the sweep is about.
    package var metric = "elbo"
    package var goal = Goal.maximize
    /// A test function instead of a network.
    package var function: Function?
    /// A program instead of a network: its path and arguments.
    package var command: [String]?
    /// `command`: seconds that one run may take; nil is no limit.
    package var timeout: Double?
    package init() {}
  }

  package struct Checkpoint: Hashable, Sendable {
    /// Seconds between two checkpoints of a run.
    package var seconds = 15.0
    package init() {}
  }

  package var name = ""
  package var data: DataConfiguration?
  package var model = ModelConfiguration()
  package var inference = InferenceConfiguration()
  package var training = TrainingConfiguration()
  package var space = SearchSpace()
  package var strategy = Strategy()
  package var objective = Objective()
  package var evaluation = EvaluationConfiguration()
  package var seeds = 1
  /// The runs that train the members of an ensemble, for each fold and seed; 0: the run that scores them does.
  package var memberRuns = 0
  package var seed = 0
  package var checkpoint = Checkpoint()

  package init() {}

  /// The runs of every trial.
  package var plan: RunPlan {
    let folds: Int =
      switch data?.split.kind {
      case .kFold, .uci, .given: data?.split.folds ?? 1
      default: 1
      }
    return RunPlan(
      folds: objective.function == nil && data != nil ? folds : 1, seeds: seeds,
      memberRuns: objective.isNetwork ? memberRuns : 0)
  }
}
