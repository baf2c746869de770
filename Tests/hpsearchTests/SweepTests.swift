import Foundation
import StudyModel
import Testing

extension ProcessTests {
  @Suite struct SweepTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test func `1, 2 and 3 workers give the same trials and scores, digit for digit`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 6, epochs: 20))
      var results: [String] = []
      for workers in 1...3 {
        _ = try sandbox.run("sweep", "network.json", "--workers", "\(workers)", "--directory", "study-\(workers)")
        results.append(try sandbox.trials("./study-\(workers)"))
      }
      #expect(results[0].contains("elbo"))
      #expect(results[0] == results[1])
      #expect(results[0] == results[2])
    }

    @Test func `an ensemble whose members are runs gives the same trials and scores, digit for digit`() throws {
      var results: [String] = []
      for (index, (memberRuns, workers)) in [(0, 1), (3, 3), (2, 2), (5, 1)].enumerated() {
        try sandbox.write("network.json", SweepFiles.ensemble(trials: 3, epochs: 50, memberRuns: memberRuns))
        let name = "study-\(index)"
        _ = try sandbox.run("sweep", "network.json", "--workers", "\(workers)", "--directory", name)
        results.append(try sandbox.trials("./\(name)"))
        let status = try JSONValue(parsing: sandbox.run("status", "./\(name)", "--format", "json").output)
        #expect(status.object?["runs"]?.object?["done"]?.int == 3 * 2 * (1 + memberRuns))
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.path)/\(name)/checkpoints")
        #expect(left.isEmpty)
      }
      #expect(results[0].contains("lppd"))
      for other in results.dropFirst() { #expect(other == results[0]) }
    }

    @Test func `the end is a ranked table that names the best prior, on standard output`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 3, epochs: 5))
      let sweep = try sandbox.run("sweep", "network.json", "--workers", "2")
      #expect(sweep.output.contains("Best by elbo: trial"))
      #expect(sweep.output.contains("Best prior: "))
      #expect(sweep.output.contains("Best by every metric"))
      #expect(sweep.errors.contains("3/3 trials"))
      #expect(try sandbox.run("best", "network").output.contains("Best prior: "))
    }

    @Test func `--format json prints one document and nothing else`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 20))
      let sweep = try sandbox.run("sweep", "noop.json", "--format", "json", "--quiet")
      let document = try JSONValue(parsing: sweep.output)
      #expect(document.object?["trials"]?.array?.count == 20)
      #expect(document.object?["best"]?.object?["trial"]?.int != nil)
    }

    @Test func `a larger budget goes on, a smaller one asks for nothing more`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 10))
      _ = try sandbox.run("sweep", "noop.json")
      let before = try sandbox.trials("noop")
      _ = try sandbox.run("sweep", "noop.json", "--trials", "25")
      _ = try sandbox.run("sweep", "noop.json", "--trials", "5")
      let status = try JSONValue(parsing: sandbox.run("status", "noop", "--format", "json").output)
      #expect(status.object?["trials"]?.object?["done"]?.int == 25)
      _ = try sandbox.run("sweep", "noop.json", "--trials", "10", "--directory", "small")
      _ = try sandbox.run("sweep", "noop.json", "--trials", "25", "--directory", "large")
      // A budget that grew gives the trials of one that was large from the start.
      #expect(try before == sandbox.trials("./small"))
      #expect(try sandbox.trials("noop") == sandbox.trials("./large"))
    }

    @Test func `Ctrl-C stops after a checkpoint with status 130, and the same command goes on`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 4, epochs: 10_000, checkpoint: 60))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "whole")
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "2")
      try sandbox.wait(for: "the first runs") { sweep.children.count == 2 && Self.reports(sandbox) > 1 }
      let workers = sweep.children
      sweep.signal(SIGINT)
      sweep.wait()
      #expect(sweep.status == 130)
      #expect(sweep.errors.contains("The same command goes on"))
      #expect(!workers.contains(where: isAlive))
      let status = try JSONValue(parsing: sandbox.run("status", "network", "--format", "json").output)
      #expect(status.object?["state"]?.string == "interrupted")
      #expect(status.object?["runs"]?.object?["running"]?.int == 0)
      _ = try sandbox.run("sweep", "network.json", "--workers", "2")
      #expect(try sandbox.trials("network") == sandbox.trials("./whole"))
    }

    /// How many log lines the runs of the study `network` have.
    static func reports(_ sandbox: Sandbox) -> Int {
      let folder = "\(sandbox.path)/studies/network/logs"
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return files.filter { $0.hasPrefix("trial-") }
        .reduce(0) { $0 + ((try? sandbox.read("studies/network/logs/\($1)"))?.split(separator: "\n").count ?? 0) }
    }
  }
}
