import Objectives
import StudyModel

/// A suite that runs the network of a small study, whose training takes 18 steps: 40 rows in batches of 16, 6 epochs.
protocol NetworkRunning {}

extension NetworkRunning {
  func sine(_ scores: [EvaluationConfiguration.Score] = [], samples: Int = 5) -> SweepConfiguration {
    var result = SweepConfiguration()
    var data = DataConfiguration()
    data.builtin = .noisySine
    data.points = 60
    data.split.kind = .kFold
    data.split.folds = 3
    result.data = data
    result.model.hidden = [8]
    result.training.batchSize = 16
    result.training.epochs = 6
    result.inference.evaluationSamples = samples
    result.evaluation.scores = scores
    return result
  }

  func assignment(
    _ configuration: SweepConfiguration, trial: Int = 3, fold: Int = 1, checkpoint: [UInt8]? = nil, attempt: Int = 1
  ) -> RunAssignment {
    RunAssignment(
      attempt: Attempt(run: RunID(trial: trial, index: fold), number: attempt), fold: fold, seed: 0, point: Point(),
      configuration: configuration, checkpoint: checkpoint)
  }

  func run(
    _ configuration: SweepConfiguration, trial: Int = 3, fold: Int = 1, checkpoint: [UInt8]? = nil,
    context: RecordingContext = RecordingContext(), directory: String = "/", threads: Int = 1,
    part: MemberPart? = nil, memberStates: [[UInt8]] = []
  ) throws -> [String: Double] {
    var assignment = assignment(configuration, trial: trial, fold: fold, checkpoint: checkpoint)
    // A member run has an index of its own, and the numbers of the run that it works for.
    if let part { assignment.attempt.run.index = 100 + part.number }
    (assignment.part, assignment.memberStates) = (part, memberStates)
    return try makeObjective(for: configuration, directory: directory, threads: threads)
      .run(assignment, context: context)
  }
}
