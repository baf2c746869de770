import Foundation
import Objectives
import StudyModel
import Testing

/// Real children: sh and python3.
@Suite struct CommandObjectiveTests {
  private let fixture: CommandFixture
  private var folder: TemporaryFolder { fixture.folder }

  init() throws {
    fixture = try CommandFixture()
  }

  // MARK: The protocol

  @Test func oneProcessServesManyRuns() throws {
    let objective = try fixture.python(
      """
      for line in sys.stdin:
          run = json.loads(line)
          open("seen", "a").write(f"{os.getpid()} {os.environ['HPSEARCH_STUDY']} {os.environ['HPSEARCH_RUN']}\\n")
          print(json.dumps({"report": {"step": 5, "loss": 2.0}}))
          print(json.dumps({"report": {"loss": 1.5}}))
          print(json.dumps({"log": "half way"}))
          print("printed")
          print("to stderr", file=sys.stderr)
          loss = run["parameters"]["rate"] * 2
          print(json.dumps({"result": {"loss": loss, "trial": run["trial"], "seed": run["random_seed"]}}))
      """)
    let context = RecordingContext()
    let first = try objective.run(fixture.assignment(), context: context)
    let second = try objective.run(fixture.assignment(trial: 8), context: RecordingContext())
    let again = try objective.run(fixture.assignment(attempt: 2), context: RecordingContext())
    #expect(first["loss"] == 0.5 && first["trial"] == 7 && second["trial"] == 8)
    #expect(first == again)
    #expect(first["seed"] != second["seed"])
    #expect(context.reports.map(\.step) == [5, 2])
    #expect(context.reports.map(\.metrics) == [["loss": 2], ["loss": 1.5]])
    #expect(context.logs.contains("half way") && context.logs.contains("printed"))
    let lines = try #require(folder.read("seen")).split(separator: "\n")
    #expect(lines.count == 3 && Set(lines).count == 1)
    #expect(lines[0].hasSuffix(" study trial-0007-run-2"))
  }

  @Test func theRequest() throws {
    let objective = try fixture.python(
      """
      line = sys.stdin.readline()
      open("request", "w").write(line)
      print('{"result": {"loss": 1}}')
      """)
    #expect(try objective.run(fixture.assignment(attempt: 3), context: RecordingContext()) == ["loss": 1])
    let request = try JSONValue(parsing: try #require(folder.read("request"))).object
    let seed = try #require(request?["random_seed"]?.int)
    #expect(seed >= 0 && seed < 1 << 53)
    #expect(
      request == [
        "run": "trial-0007-run-2", "trial": 7, "fold": 1, "seed": 0, "random_seed": .integer(seed), "attempt": 3,
        "parameters": ["rate": 0.25, "kind": "a"], "checkpoint": nil,
      ])
  }

  @Test func aProgramThatEndsAfterEachRunIsStartedAgain() throws {
    try folder.write(
      "#!/bin/sh\nread line\necho $$ >> pids\necho '{\"result\": {\"loss\": 1}}'\n", to: "once.sh", executable: true)
    let objective = try fixture.objective(["./once.sh"])
    for _ in 0..<5 { #expect(try objective.run(fixture.assignment(), context: RecordingContext()) == ["loss": 1]) }
    let pids = try #require(folder.read("pids"))
    #expect(Set(pids.split(separator: "\n")).count == 5)
  }

  /// It closes its output at once and ends a little later, so that the next request finds it alive.
  @Test func aProgramThatIsAboutToEndIsStartedAgain() throws {
    let objective = try fixture.python(
      """
      sys.stdin.readline()
      print('{"result": {"loss": 1}}')
      time.sleep(0.2)
      """)
    for _ in 0..<3 { #expect(try objective.run(fixture.assignment(), context: RecordingContext()) == ["loss": 1]) }
  }

  @Test func whatComesAfterTheResultIsNotTheNextRuns() throws {
    let objective = try fixture.python(
      """
      for line in sys.stdin:
          run = json.loads(line)
          if run["trial"] == 8: time.sleep(0.3)
          print(json.dumps({"result": {"loss": run["trial"]}}))
          print(json.dumps({"result": {"loss": -1}}))
      """)
    #expect(try objective.run(fixture.assignment(), context: RecordingContext()) == ["loss": 7])
    usleep(300_000)
    #expect(try objective.run(fixture.assignment(trial: 8), context: RecordingContext()) == ["loss": 8])
  }

  @Test func largeRequestsAndResults() throws {
    let objective = try fixture.python(
      """
      for line in sys.stdin:
          run = json.loads(line)
          print(json.dumps({"log": "x" * 3_000_000}))
          print(json.dumps({"result": {"loss": len(run["parameters"]["text"])}}))
      """)
    var assignment = fixture.assignment()
    assignment.point = Point(["text": .string(String(repeating: "y", count: 2_000_000))])
    #expect(try objective.run(assignment, context: RecordingContext()) == ["loss": 2_000_000])
  }

  // MARK: Stopping

  @Test func stop() throws {
    let objective = try fixture.objective(["sh", "-c", "read line; sleep 1000 & echo $! > child; wait"])
    let folder = folder.path
    let context = RecordingContext(stop: { _ in FileManager.default.fileExists(atPath: "\(folder)/child") })
    #expect(throws: RunInterrupted.self) { try objective.run(fixture.assignment(), context: context) }
    usleep(50_000)
    let child = try #require(self.folder.read("child"))
    if let number = pid_t(child.trimmingCharacters(in: .whitespacesAndNewlines)) { #expect(fixture.isGone(number)) }
  }

  /// The end of its input tells a program to end.
  @Test func theProcessEndsWithTheObjective() throws {
    var objective: (any Objective)? = try fixture.python(
      """
      for line in sys.stdin:
          open("pid", "w").write(str(os.getpid()))
          print('{"result": {"loss": 1}}')
      open("end", "w").write("well")
      """)
    _ = try objective?.run(fixture.assignment(), context: RecordingContext())
    objective = nil
    #expect(folder.read("end") == "well")
    let pid = try #require(folder.read("pid").flatMap { pid_t($0) })
    #expect(fixture.isGone(pid))
  }

  @Test func noDescriptorOrSignalMaskIsInherited() throws {
    let held = open("/dev/null", O_RDONLY)
    defer { close(held) }
    let objective = try fixture.objective(
      [
        "sh", "-c",
        """
        read line; ls /proc/$$/fd > fds
        while read -r name mask; do case $name in SigBlk:|SigIgn:) echo "$mask";; esac; done \
          < /proc/self/status > signals
        echo '{"result": {"loss": 1}}'
        """,
      ])
    _ = try objective.run(fixture.assignment(), context: RecordingContext())
    let descriptors = try #require(folder.read("fds")).split(separator: "\n").compactMap { Int($0) }
    #expect(!descriptors.contains(Int(held)) && descriptors.filter { $0 < 3 } == [0, 1, 2])
    // Read by the shell itself: a shell blocks all signals while it starts another program.
    let signals = try #require(folder.read("signals"))
    // Signals 32 and 33 are the C library's own.
    let masks = signals.split(separator: "\n").compactMap { UInt64($0.suffix(16), radix: 16) }
    #expect(masks.map { $0 & 0x7fff_ffff } == [0, 0])
  }

  @Test func launcher() throws {
    try folder.write("#!/bin/sh\necho \"$@\" > arguments\nshift\nexec \"$@\"\n", to: "launch", executable: true)
    let objective = try fixture.objective(
      ["sh", "-c", "read line; echo '{\"result\": {\"loss\": 1}}'"], launcher: ["\(folder.path)/launch", "__child"])
    #expect(try objective.run(fixture.assignment(), context: RecordingContext()) == ["loss": 1])
    let arguments = try #require(folder.read("arguments"))
    #expect(arguments.hasPrefix("__child /"))
  }

  // MARK: What the check finds

  @Test func programsThatAreNotThere() throws {
    func message(_ command: [String]) -> String {
      do {
        _ = try fixture.objective(command)
        return "no error"
      } catch { return "\(error)".replacing(folder.path, with: "FOLDER") }
    }
    try folder.write("plain", to: "plain")
    #expect(message([]) == "objective.command: expected a program and its arguments, found an empty list")
    #expect(message(["no-such-program"]) == "objective.command: there is no program 'no-such-program' in PATH")
    #expect(message(["./none"]) == "objective.command: there is no program FOLDER/none")
    #expect(
      message(["./plain"])
        == "objective.command: FOLDER/plain is not executable; run chmod +x, or name its interpreter first")
    #expect(
      message(["plain"])
        == "objective.command: there is no program 'plain' in PATH; for the file beside the sweep file write './plain'")
    #expect(message(["python3", "train.py"]) == "objective.command: there is no script FOLDER/train.py")
  }
}
