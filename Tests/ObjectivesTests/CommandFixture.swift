import Foundation
import Objectives
import StudyModel

/// A folder with programs, and the objectives that run them.
struct CommandFixture {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  func objective(_ command: [String], timeout: Double? = nil, launcher: [String] = []) throws -> any Objective {
    var configuration = SweepConfiguration()
    configuration.name = "study"
    configuration.objective.command = command
    configuration.objective.metric = "loss"
    configuration.objective.timeout = timeout
    return try makeObjective(for: configuration, directory: folder.path, launcher: launcher)
  }

  func python(_ script: String, timeout: Double? = 20) throws -> any Objective {
    try folder.write("import json, os, sys, time\n" + script, to: "train.py")
    return try objective(["python3", "train.py"], timeout: timeout)
  }

  func assignment(trial: Int = 7, index: Int = 2, attempt: Int = 1) -> RunAssignment {
    RunAssignment(
      attempt: Attempt(run: RunID(trial: trial, index: index), number: attempt), fold: 1, seed: 0,
      point: Point(["rate": 0.25, "kind": "a"]), configuration: SweepConfiguration())
  }

  /// The reason why a run fails.
  func failure(_ objective: any Objective, _ context: RecordingContext = RecordingContext()) -> String {
    do {
      return "no error: \(try objective.run(assignment(), context: context))"
    } catch { return "\(error)" }
  }

  /// True when there is no such process, or only its zombie.
  func isGone(_ identifier: pid_t) -> Bool {
    for _ in 0..<100 {
      let state = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8))?.split(separator: " ")
      if kill(identifier, 0) != 0 || state.map({ $0.count > 2 && $0[2] == "Z" }) ?? true { return true }
      usleep(20_000)
    }
    return false
  }
}
