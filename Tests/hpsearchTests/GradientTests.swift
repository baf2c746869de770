import Foundation
import StudyModel
import Testing

extension ProcessTests {
  /// Sweeps that follow gradients.
  @Suite struct GradientTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func file(trials: Int, descents: Int, epochs: Int, explorationEpochs: Int) -> String {
      SweepFiles.hypernetwork(trials: trials, epochs: epochs, explorationEpochs: explorationEpochs)
        .replacingOccurrences(
          of: "\"kind\": \"hypernetwork\"", with: "\"kind\": \"gradient\", \"explorations\": \(descents)"
        )
        .replacingOccurrences(of: "\"values\": [\"gaussian\", \"laplace\"]", with: "\"values\": [\"gaussian\"]")
    }

    @Test func `descents, what they found is verified, and every decision can be made again`() throws {
      try sandbox.write("network.json", file(trials: 4, descents: 2, epochs: 100, explorationEpochs: 150))
      let sweep = try sandbox.run("sweep", "network.json", "--workers", "1")
      #expect(sweep.output.contains("Best by elbo: trial") && !sweep.errors.contains("failed"))
      let log = try sandbox.read("studies/network/logs/trial-0000-run-0.log")
      #expect(log.contains("greedy gradients of elbo with respect to inference.prior.scale"))
      #expect(try sandbox.run("replay", "network").output.contains("4"))
      let document = try JSONValue(parsing: sandbox.run("trials", "network", "--format", "json").output)
      let trials = try #require(document.object?["trials"]?.array)
      let scale = trials[1].object?["parameters"]?.object?["inference.prior.scale"]?.double
      #expect(try #require(scale) > 0.1 && #require(scale) < 0.6, "the evidence is highest near 0.2")
      let surface = try sandbox.run("surface", "network").output
      #expect(surface.contains("the method learned no surface") && surface.contains("Search of fold 0"))
      _ = try sandbox.run("sweep", "network.json", "--workers", "1", "--directory", "again")
      #expect(try sandbox.trials("network") == sandbox.trials("./again"))
    }

    @Test func `folds together: one run follows them all`() throws {
      let text = file(trials: 3, descents: 1, epochs: 50, explorationEpochs: 50)
        .replacingOccurrences(of: "\"evaluationSamples\": 20", with: "\"method\": \"maximum-a-posteriori\"")
        .replacingOccurrences(of: "\"kind\": \"gradient\"", with: "\"kind\": \"gradient\", \"folds\": \"together\"")
        .replacingOccurrences(of: "\"metric\": \"elbo\"", with: "\"metric\": \"nll\", \"goal\": \"minimize\"")
      try sandbox.write("network.json", text)
      let sweep = try sandbox.run("sweep", "network.json", "--workers", "1")
      #expect(sweep.output.contains("Best by nll: trial"))
      let trials = try sandbox.run("trials", "network", "--format", "csv").output
      #expect(trials.components(separatedBy: "done").count == 4, "\(trials)")
      #expect(try sandbox.run("surface", "network").output.contains("1 run of"))
    }

    @Test func `kill -9 of the worker in the middle of a descent`() throws {
      try sandbox.write("network.json", file(trials: 2, descents: 1, epochs: 50, explorationEpochs: 6_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "1", "--directory", "undisturbed")
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "1")
      try sandbox.wait(for: "a checkpoint") {
        let files = try? FileManager.default.contentsOfDirectory(
          atPath: "\(sandbox.path)/studies/network/checkpoints")
        return files?.contains { $0.hasSuffix(".safetensors") } ?? false
      }
      kill(try #require(sweep.children.first), SIGKILL)
      sweep.wait()
      #expect(sweep.status == 0)
      let log = try sandbox.read("studies/network/logs/trial-0000-run-0.log")
      #expect(log.contains("attempt-2") && log.contains("goes on from the checkpoint after step"))
      #expect(try sandbox.trials("network") == sandbox.trials("./undisturbed"))
    }
  }
}
