import Foundation
import Objectives
import SearchStrategies
import StudyModel

/// A whole search in this process, one trial after another, with every training step counted: those of ordinary runs, and
/// those of explorations.
struct ExploringSearch {
  /// What stands after a trial.
  struct Entry {
    /// Training steps of all runs so far.
    var steps: Int
    /// The best metric of a trial that was trained at its point; nil before the first.
    var best: Double?
  }

  struct Course {
    var entries: [Entry] = []
    /// Processor time of the runs, without the search's own.
    var seconds = 0.0

    var steps: Int { entries.last?.steps ?? 0 }
    var best: Double? { entries.last?.best }

    /// The steps after which the best was as good as a target; nil where it never was.
    func steps(until target: Double, _ goal: SweepConfiguration.Objective.Goal) -> Int? {
      entries.first { $0.best.map { goal == .maximize ? $0 >= target : $0 <= target } ?? false }?.steps
    }

    /// The best after so many steps.
    func best(after steps: Int) -> Double? { entries.last { $0.steps <= steps }?.best }
  }

  private let configuration: SweepConfiguration
  private let objective: any Objective

  /// - Parameter directory: The folder that relative paths start from.
  init(_ configuration: SweepConfiguration, directory: String) throws {
    self.configuration = configuration
    objective = try makeObjective(for: configuration, directory: directory)
  }

  func run(trials: Int) throws -> Course {
    var strategy = try makeStrategy(for: configuration)
    var course = Course()
    var asked: [Point] = []
    let (metric, goal) = (configuration.objective.metric, configuration.objective.goal)
    for number in 0..<trials {
      let request = AskRequest(numbers: number..<number + 1, asked: asked, pending: [])
      guard let suggestion = try strategy.ask(request).first else { break }
      strategy.decided(Decision(number: number, point: suggestion.point, note: suggestion.note))
      asked.append(suggestion.point)
      let exploration = suggestion.note?.object?[Exploration.key].flatMap(Exploration.init)
      let start = clock()
      let (trial, steps) = try trained(number, suggestion.point, exploration)
      course.seconds += Double(clock() - start) / Double(CLOCKS_PER_SEC)
      strategy.tell([trial])
      var best = course.best
      if exploration == nil, let value = trial.metrics[metric]?.mean {
        best = best.map { goal == .maximize ? max($0, value) : min($0, value) } ?? value
      }
      course.entries.append(Entry(steps: course.steps + steps, best: best))
    }
    return course
  }

  /// Makes the runs of a trial, as the workers of a sweep would.
  private func trained(
    _ number: Int, _ point: Point, _ exploration: Exploration?
  ) throws -> (trial: CompletedTrial, steps: Int) {
    let plan = configuration.plan
    let merged = try configuration.applying(point)
    var (runs, surveys, steps) = ([[String: Double]](), [Survey](), 0)
    for index in 0..<plan.scoredRunsPerTrial {
      let run = RunID(trial: number, index: index)
      let assignment = RunAssignment(
        attempt: Attempt(run: run, number: 1), fold: plan.fold(of: run), seed: plan.seed(of: run), point: point,
        configuration: merged, exploration: exploration)
      let context = CountingContext()
      if let metrics = try? objective.run(assignment, context: context) { runs.append(metrics) }
      context.found.map { surveys.append($0) }
      steps += context.found?.steps ?? context.steps
    }
    guard runs.count == plan.scoredRunsPerTrial else {
      return (CompletedTrial(number: number, point: point, metrics: [:]), steps)
    }
    let metrics = (runs.first ?? [:]).keys.reduce(into: [String: Aggregate]()) { metrics, name in
      let values = runs.compactMap { $0[name] }
      if values.count == runs.count { metrics[name] = Aggregate(of: values) }
    }
    return (CompletedTrial(number: number, point: point, metrics: metrics, runs: runs, surveys: surveys), steps)
  }
}

/// Of a run of which the steps and the survey are wanted.
private final class CountingContext: RunContext {
  /// The last step that was reported; a training reports its last one.
  private(set) var steps = 0
  private(set) var found: Survey?

  var checkpointDue: Bool { false }
  var stopRequested: Bool { false }
  func log(_ level: LogLevel, _ message: String) {}
  func report(step: Int, of total: Int?, metrics: [String: Double]) { steps = max(steps, step) }
  func checkpoint(step: Int, bytes: [UInt8]) {}
  func survey(_ survey: Survey) { found = survey }
}
