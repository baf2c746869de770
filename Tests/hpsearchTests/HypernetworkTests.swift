import Foundation
import StudyModel
import Testing

extension ProcessTests {
  /// Sweeps in which some trials explore.
  @Suite struct HypernetworkTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test func `one exploration, what it found is verified, and every decision can be made again`() throws {
      try sandbox.write("network.json", SweepFiles.hypernetwork(trials: 4, epochs: 100, explorationEpochs: 150))
      let sweep = try sandbox.run("sweep", "network.json", "--workers", "1")
      // The exploration was trained at no point, and is not ranked.
      #expect(sweep.output.contains("3 trials, the best first by elbo") && !sweep.errors.contains("failed"))
      #expect(sweep.output.contains("Best by elbo: trial"))
      let log = try sandbox.read("studies/network/logs/trial-0000-run-0.log")
      #expect(log.contains("a structured hypernetwork") && log.contains("the best it expects: inference.prior.scale"))
      #expect(try sandbox.run("replay", "network").output.contains("4"))
      let document = try JSONValue(parsing: sandbox.run("trials", "network", "--format", "json").output)
      let trials = try #require(document.object?["trials"]?.array)
      #expect(trials.count == 4 && trials.allSatisfy { $0.object?["state"]?.string == "done" })
      let scale = trials[1].object?["parameters"]?.object?["inference.prior.scale"]?.double
      #expect(try #require(scale) > 0.1 && #require(scale) < 0.6, "the evidence is highest near 0.2")
      _ = try sandbox.run("sweep", "network.json", "--workers", "1", "--directory", "again")
      #expect(try sandbox.trials("network") == sandbox.trials("./again"))
    }

    @Test func `several workers wait for what an exploration finds, and verify it first`() throws {
      let file = SweepFiles.hypernetwork(trials: 3, epochs: 50, explorationEpochs: 150)
      try sandbox.write(
        "network.json", file.replacingOccurrences(of: "\"gaussian\", \"laplace\"", with: "\"gaussian\""))
      _ = try sandbox.run("sweep", "network.json", "--workers", "4")
      let document = try JSONValue(parsing: sandbox.run("trials", "network", "--format", "json").output)
      let trials = try #require(document.object?["trials"]?.array)
      try #require(trials.count == 3 && trials.allSatisfy { $0.object?["state"]?.string == "done" })
      let scale = trials[1].object?["parameters"]?.object?["inference.prior.scale"]?.double
      #expect(try #require(scale) > 0.1 && #require(scale) < 0.6, "the evidence is highest near 0.2")
      #expect(try sandbox.run("replay", "network").output.contains("3"))
    }

    @Test func `kill -9 of the worker and of the coordinator in the middle of an exploration`() throws {
      try sandbox.write("network.json", SweepFiles.hypernetwork(trials: 2, epochs: 50, explorationEpochs: 6_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "1", "--directory", "undisturbed")
      let folder = "\(sandbox.path)/studies/network"
      func checkpoints() -> Int {
        let files = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/checkpoints")
        return files?.filter { $0.hasSuffix(".safetensors") }.count ?? 0
      }
      var sweep = try sandbox.start("sweep", "network.json", "--workers", "1")
      try sandbox.wait(for: "a checkpoint") { checkpoints() > 0 }
      kill(try #require(sweep.children.first), SIGKILL)
      try sandbox.wait(for: "the second attempt") {
        (try? sandbox.read("studies/network/logs/trial-0000-run-0.log").contains("attempt-2")) ?? false
      }
      sweep.signal(SIGKILL)
      sweep.wait()
      sweep = try sandbox.start("sweep", "network.json", "--workers", "1")
      sweep.wait()
      #expect(sweep.status == 0)
      let log = try sandbox.read("studies/network/logs/trial-0000-run-0.log")
      #expect(log.contains("goes on from the checkpoint after step"))
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
    }

    @Test func `an exploration that diverges fails with its step, and the sweep goes on`() throws {
      let file = SweepFiles.hypernetwork(trials: 3, epochs: 20, explorationEpochs: 20)
      try sandbox.write(
        "network.json", file.replacingOccurrences(of: "\"learningRate\": 0.01", with: "\"learningRate\": 1e25"))
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "1")
      sweep.wait()
      let trials = try sandbox.run("trials", "network", "--format", "csv").output
      #expect(trials.contains("diverged at step") && trials.components(separatedBy: "\n").count >= 4)
    }
  }
}
