import Foundation
import Testing

extension ProcessTests {
  @Suite struct TailTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// A program that says each half second what time it is.
    private func writeClock(seconds: Int) throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write(
        "objective.py",
        SweepFiles.objective(
          """
          for tick in range(\(seconds * 2)):
              print(json.dumps({"log": f"tick {time.time():.3f}"}), flush=True)
              time.sleep(0.5)
          """))
    }

    @Test func `--follow shows lines of runs that are still running, and ends with the study`() throws {
      try writeClock(seconds: 2)
      let sweep = try sandbox.start("sweep", "command.json", "--workers", "2")
      try sandbox.wait(for: "the study") { sweep.children.count == 2 }
      let tail = try sandbox.start("tail", "command", "--follow")
      // A run says four lines, half a second apart: one line of it and not all means that it still runs.
      var sawHalf = false
      while sweep.isRunning {
        let lines = tail.output.components(separatedBy: "trial-0000-run-0").count - 1
        if (1..<4).contains(lines) { sawHalf = true }
        Thread.sleep(forTimeInterval: 0.02)
      }
      tail.wait(20)
      #expect(sawHalf)
      #expect(tail.status == 0)
      #expect(tail.output.components(separatedBy: "tick ").count == 17)
    }

    @Test func `--follow survives the death of a worker, and a finished study's logs are shown`() throws {
      try writeClock(seconds: 2)
      let sweep = try sandbox.start("sweep", "command.json", "--workers", "2")
      try sandbox.wait(for: "the study") { sweep.children.count == 2 }
      let tail = try sandbox.start("tail", "command", "--follow")
      try sandbox.wait(for: "lines") { tail.output.contains("tick ") }
      let victim = try #require(sweep.children.first)
      kill(victim, SIGKILL)
      sweep.wait()
      tail.wait(20)
      #expect(sweep.status == 0 && tail.status == 0)
      #expect(tail.output.contains("Killed"))
      let after = try sandbox.run("tail", "command", "--lines", "1000").output
      #expect(after.components(separatedBy: "tick ").count == tail.output.components(separatedBy: "tick ").count)
      #expect(try sandbox.run("tail", "command", "--trial", "2").output.contains("trial-0002-run-0"))
    }
  }
}
