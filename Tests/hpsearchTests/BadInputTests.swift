import Foundation
import Testing

extension ProcessTests {
  /// Every fault has a message of its own that names the place, and a status that is not 0.
  @Suite struct BadInputTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func regression(_ csv: String, target: String = "y") -> String {
      """
      {"data": {"csv": "\(csv)", "target": "\(target)"}, "training": {"epochs": 2},
       "space": {"inference.prior.scale": {"range": [0.1, 1]}}, "strategy": {"kind": "random", "trials": 1},
       "objective": {"metric": "elbo"}}
      """
    }

    @Test(arguments: [
      ("{\"strategi\": {}}", ["strategi", "did you mean \"strategy\""]),
      ("{\"seeds\": \"two\"}", ["seeds", "\"two\""]),
      (
        "{\"space\": {\"training.learningRate\": {\"range\": [1, 1]}}}",
        ["space[\"training.learningRate\"].range", "empty"]
      ),
      (
        "{\"space\": {\"training.learningRate\": {\"range\": [-1, 1], \"scale\": \"log\"}}}",
        ["space[\"training.learningRate\"].range", "log range"]
      ),
      ("{\"space\": {\"training.learnRate\": {\"range\": [0, 1]}}}", ["training.learnRate", "training.learningRate"]),
      ("{\"name\": ", ["line 1", "column"]),
    ])
    func `a faulty sweep file`(text: String, expected: [String]) throws {
      try sandbox.write("bad.json", text)
      let sweep = try sandbox.run("sweep", "bad.json", status: 64)
      for word in expected + ["bad.json"] { #expect(sweep.errors.contains(word), "\(sweep.errors)") }
      #expect(!FileManager.default.fileExists(atPath: "\(sandbox.path)/studies"))
    }

    @Test(arguments: [
      ("x,y\n1,2\n3\n", ["data.csv:3", "expected 2 fields"]),
      ("x,y\n1,2\n3,4\n5,6\nabc,4\n", ["data.csv:5", "column 'x'", "abc"]),
      ("x,z\n1,2\n3,4\n", ["data.csv", "no target column 'y'"]),
      ("x,y\n1,2\nnan,4\n3,4\n", ["data.csv:3", "not a finite number"]),
      ("x,y\n1,2\n,4\n3,4\n", ["data.csv:3", "missing value"]),
    ])
    func `a faulty CSV file`(text: String, expected: [String]) throws {
      try sandbox.write("data.csv", text)
      try sandbox.write("csv.json", regression("data.csv"))
      let sweep = try sandbox.run("sweep", "csv.json", status: 64)
      for word in expected { #expect(sweep.errors.contains(word), "\(sweep.errors)") }
    }

    @Test func `a missing data file and a missing sweep file are named`() throws {
      try sandbox.write("csv.json", regression("nowhere.csv"))
      #expect(try sandbox.run("sweep", "csv.json", status: 64).errors.contains("nowhere.csv"))
      #expect(try sandbox.run("sweep", "none.json", status: 64).errors.contains("none.json"))
    }

    @Test func `a truncated IDX file says how many bytes are there`() throws {
      let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 28, 0, 0, 0, 28]
      try Data(header + [UInt8](repeating: 7, count: 100)).write(to: URL(fileURLWithPath: "\(sandbox.path)/images"))
      try Data([0, 0, 8, 1, 0, 0, 0, 10] + [UInt8](repeating: 1, count: 10))
        .write(to: URL(fileURLWithPath: "\(sandbox.path)/labels"))
      try sandbox.write(
        "idx.json",
        """
        {"data": {"idx": {"images": "images", "labels": "labels"}}, "model": {"likelihood": {"kind": "categorical"}},
         "space": {"inference.prior.scale": {"range": [0.1, 1]}}, "strategy": {"kind": "random", "trials": 1},
         "objective": {"metric": "elbo"}}
        """)
      let errors = try sandbox.run("sweep", "idx.json", status: 64).errors
      #expect(errors.contains("images") && errors.contains("7840") && errors.contains("100"), "\(errors)")
    }

    @Test func `a study with another configuration is refused with the difference`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      _ = try sandbox.run("sweep", "noop.json")
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5).replacingOccurrences(of: "[-1, 1]", with: "[-2, 1]"))
      let errors = try sandbox.run("sweep", "noop.json", status: 64).errors
      #expect(errors.contains("space.x") && errors.contains("-2") && errors.contains("--name"), "\(errors)")
    }

    @Test func `two coordinators on one study: the second is refused`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 2, epochs: 20_000))
      let first = try sandbox.start("sweep", "network.json", "--workers", "1")
      try sandbox.wait(for: "the first") { first.children.count == 1 }
      let second = try sandbox.run("sweep", "network.json", "--workers", "1", status: 1)
      #expect(second.errors.contains("\(first.processID)"), "\(second.errors)")
    }

    @Test func `a folder that cannot be written to is one clear error`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      let errors = try sandbox.run("sweep", "noop.json", "--directory", "/proc/hpsearch", status: 1).errors
      #expect(errors.contains("/proc/hpsearch"))
      try sandbox.write("file", "")
      #expect(
        try sandbox.run("sweep", "noop.json", "--directory", "file/study", status: 1).errors.contains("file/study"))
    }

    @Test(
      .enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func `a full disk stops the sweep with a clear error, and it goes on when there is space`() throws {
      let disk = "\(sandbox.path)/disk"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
      try #require(mount("tmpfs", disk, "tmpfs", 0, "size=1500k") == 0, "root may not mount a tmpfs here")
      defer { umount2(disk, Int32(MNT_DETACH)) }
      try sandbox.write("noop.json", SweepFiles.noop(trials: 20_000))
      let full = try sandbox.run("sweep", "noop.json", "--directory", "disk/study", "--quiet", status: 1)
      #expect(full.errors.contains("disk is full"), "\(full.errors)")
      #expect(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=100m") == 0)
      _ = try sandbox.run("sweep", "noop.json", "--directory", "disk/study", "--quiet")
      let trials = try sandbox.trials("./disk/study")
      try sandbox.write("noop.json", SweepFiles.noop(trials: 20_000))
      _ = try sandbox.run("sweep", "noop.json", "--directory", "whole", "--quiet")
      #expect(try trials == sandbox.trials("./whole"))
    }

    @Test(arguments: [
      ("sys.exit(3)", "exit status 3"), ("os.kill(os.getpid(), signal.SIGSEGV)", "signal"),
      ("print('nonsense', flush=True); sys.exit(0)", "nonsense"),
      ("print(json.dumps({'result': {'loss': float('nan')}}), flush=True); continue", "NaN"),
      ("time.sleep(60)", "no result within 4 s"),
      ("print(json.dumps({'result': {'other': 1}}), flush=True); continue", "loss"),
    ])
    func `a command that misbehaves for one point fails that trial alone`(fault: String, reason: String) throws {
      // Only what is to run out of time has little of it: on a busy machine Python alone takes a second to start.
      try sandbox.write("command.json", SweepFiles.command(timeout: fault.hasPrefix("time.sleep") ? 4 : 60))
      try sandbox.write("objective.py", SweepFiles.objective("if x == 2:\n    \(fault)"))
      let sweep = try sandbox.run("sweep", "command.json", "--workers", "2")
      #expect(sweep.output.contains("3 trials done") && sweep.output.contains("1 failed"))
      let trials = try sandbox.run("trials", "command", "--format", "csv").output
      let failed = try #require(trials.split(separator: "\n").first { $0.contains(",failed,") })
      #expect(failed.hasPrefix("2,"))
      #expect(trials.contains(reason), "\(trials)")
    }

    @Test func `a sweep whose trials all fail ends with status 1 and the reason`() throws {
      try sandbox.write("command.json", SweepFiles.command())
      try sandbox.write("objective.py", "raise SystemExit('no luck')")
      let sweep = try sandbox.run("sweep", "command.json", status: 1)
      #expect(sweep.output.contains("no luck"))
    }

    @Test(arguments: [
      (["sweep"], "file"), (["sweep", "noop.json", "--workers", "-1"], "--workers"),
      (["sweep", "noop.json", "--workers", "0"], "--bind"), (["sweep", "noop.json", "--bind", "nonsense"], "--bind"),
      (["sweep", "noop.json", "--bind", "tcp://0.0.0.0"], "HOST:PORT"), (["worker", "here"], "tcp://"),
      (["worker", "tcp://127.0.0.1:1", "--key", "noop.json"], "--key noop.json"),
      (["worker", "tcp://127.0.0.1:1", "--key", "none.key"], "--key none.key"),
      (["sweep", "noop.json", "--name", "a/../b"], "--name"),
      (["status", "nop"], "no study"), (["frobnicate"], "frobnicate"),
    ])
    func `bad usage`(arguments: [String], expected: String) throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      let program = try sandbox.start(arguments)
      program.wait()
      #expect(program.status == 64)
      #expect(program.errors.contains(expected), "\(program.errors)")
    }
  }
}
