import Foundation
import Objectives
import StudyModel
import Testing

/// Programs that crash, hang, print nonsense, and print too much.
@Suite struct CommandFailureTests {
  private let fixture: CommandFixture
  private var folder: TemporaryFolder { fixture.folder }

  init() throws {
    fixture = try CommandFixture()
  }

  // MARK: Failures

  @Test func crash() throws {
    let objective = try fixture.python("sys.stdin.readline()\nprint('working')\nraise ValueError('bad rate')")
    let reason = fixture.failure(objective)
    #expect(
      reason.hasPrefix("the program ended with exit status 1 before it gave a result; last line printed: working;"))
    #expect(reason.hasSuffix("ValueError: bad rate"))
    // The next run gets a new process.
    #expect(fixture.failure(objective).contains("bad rate"))
  }

  @Test func signal() throws {
    let reason = fixture.failure(try fixture.objective(["sh", "-c", "read line; echo oops >&2; kill -SEGV $$"]))
    #expect(reason == "the program ended with signal 11 (SIGSEGV) before it gave a result; standard error: oops")
  }

  @Test func endsWithoutAResult() throws {
    #expect(
      fixture.failure(try fixture.objective(["sh", "-c", "read line; echo '{\"loss\": 3}'"]))
        == "the program ended with exit status 0 before it gave a result; last line printed: {\"loss\": 3}")
    #expect(
      fixture.failure(try fixture.objective(["true"])) == "the program ended with exit status 0 before it gave a result"
    )
  }

  @Test func hang() throws {
    let objective = try fixture.objective(
      ["sh", "-c", "trap '' TERM; sleep 1000 & echo $! > child; wait"], timeout: 0.5)
    let reason = fixture.failure(objective)
    #expect(
      reason
        == "no result within 0.5 s (objective.timeout); the program was ended; "
        + "it printed nothing (is its output flushed?)"
    )
    // The whole group is gone, the shell's child too.
    let child = try #require(folder.read("child").flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
    #expect(fixture.isGone(child))
  }

  @Test func itsOwnError() throws {
    let objective = try fixture.python(
      """
      for line in sys.stdin:
          open("pids", "a").write(f"{os.getpid()}\\n")
          print(json.dumps({"error": "rate too high"}))
      """)
    #expect(fixture.failure(objective) == "rate too high")
    #expect(fixture.failure(objective) == "rate too high")
    // It is still well.
    let pids = try #require(folder.read("pids"))
    #expect(Set(pids.split(separator: "\n")).count == 1)
  }

  @Test(arguments: [
    (#"{"result": {"loss": NaN}}"#, "metric 'loss' is NaN"),
    (#"{"result": {"loss": 1, "accuracy": -Infinity}}"#, "metric 'accuracy' is -Infinity"),
    (#"{"result": {"loss": "low"}}"#, "metric 'loss' is \"low\"; expected a number"),
    (#"{"result": {"loss": null}}"#, "metric 'loss' is null; expected a number"),
    (
      #"{"result": {"lss": 1, "time": 2}}"#,
      "the result has no metric 'loss', which the sweep is about; it has lss, time"
    ),
    (#"{"result": {}}"#, "the result has no metric 'loss', which the sweep is about; it is empty"),
    (#"{"result": 0.5}"#, #"expected {"result": {"name": number}}, found {"result": 0.5}"#),
  ]) func resultsThatAreNone(_ line: String, _ reason: String) throws {
    try folder.write(line + "\n", to: "line")
    #expect(
      fixture.failure(try fixture.objective(["sh", "-c", "read line; cat line; sleep 100"], timeout: 20)) == reason)
  }

  @Test func resultThatIsNotJSON() throws {
    let reason = fixture.failure(
      try fixture.objective(["sh", "-c", #"read line; echo '{"result": {"loss": 1'; sleep 100"#], timeout: 20))
    #expect(reason.hasPrefix("the result is not JSON: "))
  }

  @Test func nonsense() throws {
    let context = RecordingContext()
    let reason = fixture.failure(
      try fixture.objective([
        "sh", "-c", #"read line; echo '}{ nonsense'; printf '\377\376\n[1]\nNaN\n{"x"\n'; exit 3"#,
      ]),
      context)
    #expect(reason == #"the program ended with exit status 3 before it gave a result; last line printed: {"x""#)
    #expect(context.logs.contains("}{ nonsense") && context.logs.contains("[1]"))
  }

  @Test func reportsWithNaNAreNotFatal() throws {
    let context = RecordingContext()
    let objective = try fixture.python(
      """
      sys.stdin.readline()
      print(json.dumps({"report": {"step": 1, "loss": float("nan"), "rate": 1}}))
      print(json.dumps({"result": {"loss": 2}}))
      """)
    #expect(try objective.run(fixture.assignment(), context: context) == ["loss": 2])
    #expect(context.reports.map(\.metrics) == [["rate": 1]])
    #expect(context.logs == ["step 1: left out of the report, no finite number: loss"])
  }

  // MARK: Floods

  @Test func standardErrorFlood() throws {
    let context = RecordingContext()
    let objective = try fixture.python(
      """
      sys.stdin.readline()
      for i in range(200000): sys.stderr.write(f"line {i}\\n")
      sys.stderr.write("\\r".join(f"{i} %" for i in range(100000)))
      sys.stderr.write("z" * 5000000)
      sys.stderr.flush()
      print(json.dumps({"result": {"loss": 1}}))
      """, timeout: 60)
    #expect(try objective.run(fixture.assignment(), context: context) == ["loss": 1])
    #expect(context.logs.first == "line 0")
    #expect(context.logs.count > 900 && context.logs.count < 20_000)
    #expect(context.logs.contains { $0.hasSuffix("lines were left out: the program prints too much") })
  }

  @Test func endlessLine() throws {
    let reason = fixture.failure(try fixture.objective(["sh", "-c", "read line; cat /dev/zero"], timeout: 60))
    #expect(reason == "a line of the program's output is longer than 16 MiB")
  }
}
