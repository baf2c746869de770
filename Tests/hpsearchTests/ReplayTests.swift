import Foundation
import StudyModel
import Testing

extension ProcessTests {
  @Suite struct ReplayTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// Runs SQL on the database of a study, as somebody might who should not.
    private func tamper(_ study: String, _ sql: String) throws {
      let code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()"
      let python = try sandbox.start(
        ["python3", "-c", code, "studies/\(study)/study.sqlite", sql], program: "/usr/bin/env")
      python.wait()
      #expect(python.status == 0, "\(python.errors)")
    }

    @Test(arguments: ["random", "sobol"])
    func `the decisions of a sweep that was killed and resumed come out the same`(strategy: String) throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 5, epochs: 4_000, strategy: strategy))
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
      let log = "\(sandbox.path)/studies/network/logs/trial-0002-run-0.log"
      try sandbox.wait(for: "trial 2") { FileManager.default.fileExists(atPath: log) }
      let running = try sandbox.run("replay", "network").output
      #expect(running.hasSuffix(" the same\n"))
      sweep.kill()
      _ = try sandbox.run("sweep", "network.json", "--workers", "2")
      #expect(try sandbox.run("replay", "network").output == "5 decisions, 5 the same\n")
    }

    @Test func `a grid is replayed, as JSON`() throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write("objective.py", SweepFiles.objective("pass"))
      _ = try sandbox.run("sweep", "command.json", "--workers", "1")
      let json = try JSONValue(parsing: sandbox.run("replay", "command", "--format", "json").output)
      #expect(
        json == [
          "study": "command", "strategy": "grid", "decisions": 4, "same": 4, "different": [], "not_recomputed": [],
        ])
    }

    @Test func `a study whose database was changed: where it differs, and status 1`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 20))
      _ = try sandbox.run("sweep", "noop.json", "--workers", "1")
      try tamper(
        "noop",
        """
        DROP TRIGGER event_is_not_changed;
        UPDATE event SET payload = '{"point":{"x":0.25}}' WHERE kind = 'trial-asked' AND trial = 7;
        """)
      let text = try sandbox.run("replay", "noop", status: 1)
      let lines = text.output.split(separator: "\n")
      #expect(lines.count == 4 && lines[0] == "trial 7 differs" && lines[1] == "  stored      x 0.25")
      #expect(lines[2].hasPrefix("  recomputed  x ") && lines.last == "20 decisions, 19 the same, 1 different")
      #expect(text.errors.isEmpty)
      let json = try JSONValue(parsing: sandbox.run("replay", "noop", "--format", "json", status: 1).output)
      let different = try #require(json.object?["different"]?.array?.first?.object)
      #expect(different["trial"]?.int == 7)
      #expect(different["stored"]?.object?["parameters"]?.object?["x"]?.double == 0.25)
      #expect(different["recomputed"]?.object?["parameters"]?.object?["x"]?.double != 0.25)
    }

    @Test func `a study that does not exist is said to`() throws {
      #expect(try sandbox.run("replay", "nothing", status: 64).errors.contains("there is no study \"nothing\""))
    }
  }
}
