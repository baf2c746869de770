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

    @Test func `--follow shows lines of running trials within a second, and ends with the study`() throws {
      try writeClock(seconds: 1)
      let sweep = try sandbox.start("sweep", "command.json", "--workers", "2")
      try sandbox.wait(for: "the study") { sweep.children.count == 2 }
      let tail = try sandbox.start("tail", "command", "--follow")
      var seen = 0
      var slowest = 0.0
      while sweep.isRunning {
        let lines = tail.output.split(separator: "\n").filter { $0.contains("tick ") }
        let now = Date().timeIntervalSince1970
        for line in lines.dropFirst(seen) {
          guard let said = Double(line.split(separator: " ").last ?? "") else { continue }
          slowest = max(slowest, now - said)
        }
        seen = lines.count
        Thread.sleep(forTimeInterval: 0.02)
      }
      tail.wait(20)
      #expect(tail.status == 0)
      #expect(tail.output.components(separatedBy: "tick ").count == 9)
      // The one time that is a promise and not a speed: generous here, for a machine that is busy with other tests.
      #expect(slowest < 3)
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
