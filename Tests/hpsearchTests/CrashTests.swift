import Foundation
import StudyModel
import Testing

extension ProcessTests {
  @Suite struct CrashTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func events(_ kind: String) throws -> Int {
      let log = try sandbox.read("studies/network/logs/coordinator.log")
      return log.components(separatedBy: kind).count - 1
    }

    /// One for each run that has written one and is not final.
    private var checkpoints: Int {
      let files = try? FileManager.default.contentsOfDirectory(atPath: "\(sandbox.path)/studies/network/checkpoints")
      return files?.filter { $0.hasSuffix(".safetensors") }.count ?? 0
    }

    @Test
    func `kill -9 of a worker: the run goes on from its checkpoint, and the scores are those of an undisturbed sweep`()
      throws
    {
      try sandbox.write("network.json", SweepFiles.network(trials: 2, epochs: 20_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "undisturbed")
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
      try sandbox.wait(for: "a checkpoint of each worker") { checkpoints == 2 }
      let victim = try #require(sweep.children.first)
      kill(victim, SIGKILL)
      sweep.wait()
      #expect(sweep.status == 0)
      #expect(try events("goes on from step") == 1)
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
      let logs = try sandbox.run("tail", "network", "--lines", "1000").output
      #expect(logs.contains("Killed"))
    }

    @Test func `kill -9 of the coordinator: its workers end, the same command resumes, nothing runs twice`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 5, epochs: 10_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "undisturbed")
      for round in 0..<2 {
        let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
        let log = "studies/network/logs/trial-000\(round + 1)-run-0.log"
        try sandbox.wait(for: "trial \(round + 1)") {
          FileManager.default.fileExists(atPath: "\(sandbox.path)/\(log)") && checkpoints > 0
        }
        let workers = sweep.children
        #expect(workers.count == 2)
        sweep.kill()
        try sandbox.wait(5, for: "the workers' end") { !workers.contains(where: isAlive) }
        let status = try JSONValue(parsing: sandbox.run("status", "network", "--format", "json").output)
        #expect(status.object?["state"]?.string == "interrupted")
      }
      _ = try sandbox.run("sweep", "network.json", "--workers", "2")
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
    }

    @Test func `kill -9 of a worker and of the coordinator in the middle of an ensemble's member runs`() throws {
      try sandbox.write("network.json", SweepFiles.ensemble(trials: 2, epochs: 5_000, memberRuns: 0))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "undisturbed")
      try sandbox.write("network.json", SweepFiles.ensemble(trials: 2, epochs: 5_000, memberRuns: 3))
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
      try sandbox.wait(for: "states of members") { checkpoints >= 3 }
      kill(try #require(sweep.children.first), SIGKILL)
      try sandbox.wait(for: "the next trial") {
        FileManager.default.fileExists(atPath: "\(sandbox.path)/studies/network/logs/trial-0001-run-3.log")
      }
      sweep.signal(SIGKILL)
      sweep.wait()
      _ = try sandbox.run("sweep", "network.json", "--workers", "2")
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
      #expect(checkpoints == 0)
    }

    @Test func `a run that kills its worker three times is failed, and the sweep goes on`() throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write(
        "objective.py", SweepFiles.objective("if x == 2:\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(5)")
      )
      _ = try sandbox.run("sweep", "command.json", "--workers", "1")
      let trials = try sandbox.run("trials", "command", "--format", "csv").output
      #expect(trials.contains("it ended its worker 3 times"))
      #expect(trials.components(separatedBy: ",done,").count == 4)
    }

    @Test func `runs that kill their worker one after the other are failed one after the other`() throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write(
        "objective.py", SweepFiles.objective("if x > 0:\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(5)"))
      _ = try sandbox.run("sweep", "command.json", "--workers", "1")
      let trials = try sandbox.run("trials", "command", "--format", "csv").output
      #expect(trials.components(separatedBy: "it ended its worker 3 times").count == 4)
    }

    @Test func `a worker that cannot live ends the sweep with the place of its last words`() throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write("objective.py", SweepFiles.objective("pass"))
      let sweep = try sandbox.start("sweep", "command.json", "--workers", "1", "--data", "elsewhere")
      sweep.wait(30)
      #expect(sweep.status == 64)
      #expect(sweep.errors.contains("objective.py"))
    }

    @Test func `the end of the reader of standard error does not end the sweep`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 4, epochs: 5_000))
      let script = "'\(Sandbox.executable("hpsearch"))' sweep network.json --workers 2 2>&1 >report | head -1 >first"
      let shell = try sandbox.start(["-c", script], program: "/bin/sh")
      shell.wait()
      try sandbox.wait(for: "the report") { (try? sandbox.read("report").contains("Best prior")) ?? false }
    }

    @Test func `a paused worker is not a dead one, and its late result is not counted twice`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 4, epochs: 20_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "undisturbed")
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
      try sandbox.wait(for: "a checkpoint of each worker") { checkpoints == 2 }
      let victim = try #require(sweep.children.first)
      kill(victim, SIGSTOP)
      Thread.sleep(forTimeInterval: 7)
      kill(victim, SIGCONT)
      sweep.wait()
      #expect(sweep.status == 0)
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
    }
  }
}
