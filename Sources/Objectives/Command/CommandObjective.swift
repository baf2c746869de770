import Foundation
package import StudyModel

/// Runs a program. The process is kept between the runs of a slot: it reads one JSON line for each run from its
/// standard input,
///
///     {"run": "trial-0007-run-2", "trial": 7, "fold": 0, "seed": 0, "random_seed": 8124772, "attempt": 1,
///      "parameters": {"rate": 0.01}, "checkpoint": null}
///
/// and writes JSON lines to its standard output: {"report": {"step": 3, "loss": 0.5}}, {"log": "text"}, and to end the
/// run {"result": {"loss": 0.4}} or {"error": "why"}. Other lines, and everything on standard error, go to the run's
/// log. A program that ends after a result is started again for the next run.
package final class CommandObjective: Objective {
  private let arguments: [String]
  private let directory: String
  private let metric: String
  private let timeout: Double?
  private let study: String
  private var child: ChildProcess?

  /// - Parameters:
  ///   - directory: The folder of the sweep file: relative paths start there, and the program runs there.
  ///   - launcher: Comes before the program's path. A worker gives its own executable with the arguments that make it
  ///     die with the worker, and then become the program. The process dies with the *thread* that called `run` first,
  ///     so that all runs of an objective must come from one thread.
  /// - Throws: `ObjectiveError` when the program cannot be found.
  package init(_ configuration: SweepConfiguration, directory: String, launcher: [String] = []) throws(ObjectiveError) {
    let command = configuration.objective.command ?? []
    let program = try ProgramPath.resolve(command, directory: directory)
    arguments = launcher + [program] + command.dropFirst()
    self.directory = directory
    metric = configuration.objective.metric
    timeout = configuration.objective.timeout
    study = configuration.name
  }

  package func run(_ assignment: RunAssignment, context: any RunContext) throws -> [String: Double] {
    // A program that serves one run, and ends.
    if let child, child.hasEnded() { self.child = nil }
    if let metrics = try attempt(assignment, context, mayHaveLeft: child != nil) { return metrics }
    // It was about to end.
    child = nil
    guard let metrics = try attempt(assignment, context, mayHaveLeft: false) else {
      preconditionFailure("a process that was just started cannot have left before")
    }
    return metrics
  }

  /// One run, in the process that there is or in a new one. Nil when a process that had served a run before was found
  /// to be gone, with status 0 and without a word about this run.
  private func attempt(
    _ assignment: RunAssignment, _ context: any RunContext, mayHaveLeft: Bool
  ) throws -> [String: Double]? {
    let process = try child ?? start(assignment)
    child = process
    do {
      let run = CommandRun(process: process, context: context, metric: metric, timeout: timeout)
      if mayHaveLeft { run.discardLeftovers() }
      process.send(Self.request(assignment))
      if let metrics = try run.wait(mayHaveLeft: mayHaveLeft) {
        return metrics
      }
      return nil
    } catch let failure as CommandRun.Failure {
      if failure.endsProcess {
        process.terminate(politely: false)
        child = nil
      }
      throw ObjectiveError(failure.reason)
    } catch {
      process.terminate(politely: false)
      child = nil
      throw error
    }
  }

  private func start(_ assignment: RunAssignment) throws(ObjectiveError) -> ChildProcess {
    var environment = ProcessInfo.processInfo.environment
    environment["HPSEARCH_STUDY"] = study
    // The run that the process was started for; the request names the current one.
    environment["HPSEARCH_RUN"] = assignment.attempt.run.description
    // Into a pipe Python keeps what is printed until much is there, and a result with it.
    environment["PYTHONUNBUFFERED"] = environment["PYTHONUNBUFFERED"] ?? "1"
    return try ChildProcess(arguments: arguments, environment: environment, directory: directory)
  }

  private static func request(_ assignment: RunAssignment) -> [UInt8] {
    let run = assignment.attempt.run
    let request: JSONValue = [
      "run": .string(run.description), "trial": .integer(run.trial), "fold": .integer(assignment.fold),
      "seed": .integer(assignment.seed), "random_seed": .integer(StudyRandomness.integer(assignment)),
      "attempt": .integer(assignment.attempt.number), "parameters": .object(assignment.point.values), "checkpoint": nil,
    ]
    return Array(request.serialized().utf8) + [0x0A]
  }
}
