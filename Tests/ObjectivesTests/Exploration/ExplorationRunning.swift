import Objectives
import StudyModel
import Testing

/// A suite of runs that explore.
protocol ExplorationRunning: NetworkRunning {}

extension ExplorationRunning {
  /// What a run finds out about some dimensions, or which of the listed values it chooses.
  func explore(
    _ configuration: SweepConfiguration, _ sides: [Exploration.Side] = [], choices: [Exploration.Choice] = [],
    context: RecordingContext = RecordingContext(), fold: Int = 1, checkpoint: [UInt8]? = nil, directory: String = "/"
  ) throws -> Survey {
    var assignment = assignment(configuration, fold: fold, checkpoint: checkpoint)
    assignment.exploration = Exploration(sides, choices: choices)
    let metrics = try makeObjective(for: configuration, directory: directory).run(assignment, context: context)
    let survey = try #require(context.surveys.last)
    #expect(metrics == ["steps": Double(survey.steps)] && context.surveys.count == 1)
    return survey
  }

  /// Stopped at one of its questions and resumed, the run finds what it finds undisturbed; from a damaged checkpoint it
  /// begins anew.
  func resumes(
    _ configuration: SweepConfiguration, _ sides: [Exploration.Side] = [], choices: [Exploration.Choice] = [],
    stop question: Int, at location: SourceLocation = #_sourceLocation
  ) throws {
    func run(_ context: RecordingContext, checkpoint: [UInt8]? = nil) throws -> Survey {
      try explore(configuration, sides, choices: choices, context: context, checkpoint: checkpoint)
    }
    let whole = try run(RecordingContext())
    #expect(try run(RecordingContext()) == whole, sourceLocation: location)
    let context = RecordingContext(stop: { $0 == question })
    #expect(throws: RunInterrupted.self, sourceLocation: location) { try run(context) }
    let checkpoint = try #require(context.checkpoints.last, sourceLocation: location)
    let (second, damaged) = (RecordingContext(), RecordingContext())
    #expect(try run(second, checkpoint: checkpoint.bytes) == whole, sourceLocation: location)
    #expect(
      second.logs.contains { $0.hasPrefix("goes on from the checkpoint after step \(checkpoint.step)") },
      sourceLocation: location)
    #expect(try run(damaged, checkpoint: Array(checkpoint.bytes.dropLast(8))) == whole, sourceLocation: location)
    #expect(damaged.logs.contains { $0.hasSuffix("begins anew") }, sourceLocation: location)
  }

  /// What a run that cannot explore a dimension says.
  func refusal(
    _ configuration: SweepConfiguration, _ side: Exploration.Side, directory: String = "/"
  ) -> String {
    let error = #expect(throws: (any Error).self) { try explore(configuration, [side], directory: directory) }
    return error.map { "\($0)" } ?? ""
  }
}
