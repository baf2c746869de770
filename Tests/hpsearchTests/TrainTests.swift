import Foundation
import Testing

extension ProcessTests {
  @Suite struct TrainTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(sandbox.path)/\(name)") }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(sandbox.path)/\(name)")) }

    @Test func `train prints the metrics and writes the posterior`() throws {
      // The space and the budget of a sweep do not matter.
      try sandbox.write("network.json", SweepFiles.network(trials: 6, epochs: 20))
      let program = try sandbox.run("train", "network.json")
      for metric in ["elbo ", "lppd", "nll", "rmse"] { #expect(program.output.contains(metric), "\(program.output)") }
      #expect(program.errors.contains("epoch 20/20") && program.errors.contains("network.safetensors"))
      let file = try SavedTensors(bytes("network.safetensors"))
      #expect(file.metadata["format"] == "hpsearch-posterior" && file.metadata["method"] == "bayes-by-backprop")
      #expect(file.tensors["layers.0.weights.mean"]?.count == 50 && file.tensors["layers.1.biases.scale"]?.count == 1)
      #expect(!exists("network.safetensors.checkpoint"))

      let again = try sandbox.run("train", "network.json", status: 64)
      #expect(again.errors.contains("network.safetensors exists") && again.errors.contains("--force"))
      let json = try sandbox.run(
        "train", "network.json", "--force", "--format", "json", "--quiet", "--seed", "3", "--output",
        "other.safetensors")
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let metrics = try #require(document["metrics"] as? [String: Double])
      #expect(metrics["lppd"] != nil && document["seed"] as? Int == 3)
      #expect(!json.errors.contains("epoch "), "\(json.errors)")
      #expect(try bytes("other.safetensors") != bytes("network.safetensors"))
    }

    @Test func `a fold, or all data`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 1, epochs: 2))
      for (name, options) in [("a", []), ("b", ["--fold", "0"]), ("c", ["--fold", "1"]), ("d", ["--all-data"])] {
        let program = try sandbox.start(["train", "network.json", "--output", name] + options)
        program.wait()
        #expect(program.status == 0, "\(program.errors)")
        let rows = name == "d" ? "512 rows for training, 512 for validation" : "256 rows for training"
        #expect(program.errors.contains(rows), "\(program.errors)")
      }
      #expect(try bytes("a") == bytes("b"))
      #expect(try bytes("a") != bytes("c"))
    }

    @Test func `a training that is stopped goes on bit for bit`() throws {
      let text = SweepFiles.network(trials: 1, epochs: 6000, checkpoint: 0.05)
      try sandbox.write("network.json", text)
      _ = try sandbox.run("train", "network.json", "--output", "whole.safetensors")
      let first = try sandbox.start("train", "network.json", "--output", "part.safetensors")
      try sandbox.wait(for: "a checkpoint") { exists("part.safetensors.checkpoint") }
      first.signal(SIGINT)
      first.wait()
      #expect(first.status == 130 && first.errors.contains("--resume"), "\(first.errors)")
      #expect(!exists("part.safetensors"))

      let without = try sandbox.run("train", "network.json", "--output", "part.safetensors", status: 64)
      #expect(without.errors.contains("--resume"), "\(without.errors)")
      try sandbox.write("network.json", text.replacingOccurrences(of: "\"epochs\": 6000", with: "\"epochs\": 6001"))
      let changed = try sandbox.run("train", "network.json", "--output", "part.safetensors", "--resume", status: 64)
      #expect(changed.errors.contains("training.epochs") && changed.errors.contains("6000"), "\(changed.errors)")
      try sandbox.write("network.json", text)

      let second = try sandbox.run("train", "network.json", "--output", "part.safetensors", "--resume")
      #expect(second.errors.contains("goes on from the checkpoint after step"), "\(second.errors)")
      #expect(try bytes("part.safetensors") == bytes("whole.safetensors"))
      #expect(!exists("part.safetensors.checkpoint"))
    }

    /// Stopped with two members in training at a time, and resumed with one.
    @Test func `an ensemble that is stopped goes on, whatever the number of threads`() throws {
      let text = SweepFiles.network(trials: 1, epochs: 3000, checkpoint: 0.05)
        .replacingOccurrences(
          of: "\"evaluationSamples\"", with: "\"method\": \"deep-ensemble\", \"members\": 3, \"evaluationSamples\""
        )
        .replacingOccurrences(of: "\"elbo\"", with: "\"lppd\"")
      try sandbox.write("network.json", text)
      _ = try sandbox.run("train", "network.json", "--threads", "3", "--output", "whole.safetensors")
      let first = try sandbox.start("train", "network.json", "--threads", "2", "--output", "part.safetensors")
      try sandbox.wait(for: "a checkpoint") { exists("part.safetensors.checkpoint") }
      first.signal(SIGINT)
      first.wait()
      #expect(first.status == 130, "\(first.errors)")
      let second = try sandbox.run(
        "train", "network.json", "--threads", "1", "--output", "part.safetensors", "--resume")
      #expect(second.errors.contains("goes on from the checkpoint after step"), "\(second.errors)")
      #expect(try bytes("part.safetensors") == bytes("whole.safetensors"))
    }

    /// A signal as soon as the program watches for one: before it has read the data, which takes a while.
    @Test(arguments: [SIGINT, SIGTERM]) func `a stop before the first step is told`(number: Int32) throws {
      let text = SweepFiles.network(trials: 1, epochs: 6000)
      try sandbox.write("network.json", text.replacingOccurrences(of: "\"points\": 512", with: "\"points\": 1000000"))
      let program = try sandbox.start("train", "network.json")
      try sandbox.wait(for: "the handler") { !program.isRunning || catches(number, program.processID) }
      program.signal(number)
      program.wait()
      #expect(program.status == 130 && program.errors.contains("Stopped before the first step"), "\(program.errors)")
      #expect(!program.errors.contains("rows for training") && !exists("network.safetensors"), "\(program.errors)")
    }

    /// Whether a process has a handler for a signal.
    private func catches(_ number: Int32, _ process: pid_t) -> Bool {
      let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
        let mask = UInt64(line.split(separator: "\t").last ?? "", radix: 16)
      else { return false }
      return mask & (1 << UInt64(number - 1)) != 0
    }

    @Test func `a training that diverges says where`() throws {
      let text = SweepFiles.network(trials: 1, epochs: 2000)
        .replacingOccurrences(of: "\"epochs\"", with: "\"optimizer\": \"sgd\", \"learningRate\": 1e6, \"epochs\"")
      try sandbox.write("network.json", text)
      let program = try sandbox.run("train", "network.json", status: 1)
      for word in ["diverged at step", "layers.", "checkpoint", "learningRate"] {
        #expect(program.errors.contains(word), "\(program.errors)")
      }
      #expect(!exists("network.safetensors"))
    }

    @Test func `a damaged checkpoint is one clear error`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 1, epochs: 20))
      try sandbox.write("network.safetensors.checkpoint", "nothing of the kind")
      let program = try sandbox.run("train", "network.json", "--resume", status: 1)
      #expect(program.errors.contains("network.safetensors.checkpoint") && program.errors.contains("header"))
      _ = try sandbox.run("train", "network.json", "--force")
      #expect(exists("network.safetensors") && !exists("network.safetensors.checkpoint"))
    }

    @Test(arguments: [
      (["train", "none.json"], "none.json"), (["train", "network.json", "--fold", "2"], "folds 0 to 1"),
      (["train", "network.json", "--fold", "0", "--all-data"], "--all-data"), (["train", "noop.json"], "no network"),
      (["train", "network.json", "--resume", "--force"], "--resume"),
      (["train", "network.json", "--threads", "0"], "--threads"),
      (["predict", "network.json"], "csv"), (["predict", "a", "b", "--quantiles", "0.5,1"], "--quantiles"),
      (["predict", "a", "b", "--samples", "0"], "--samples"),
      (["predict", "none.safetensors", "b"], "none.safetensors"),
    ])
    func `bad usage`(arguments: [String], expected: String) throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 1, epochs: 2))
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      let program = try sandbox.start(arguments)
      program.wait()
      #expect(program.status == 64)
      #expect(program.errors.contains(expected), "\(program.errors)")
    }

    @Test func `a folder that is not there is found before the training`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 1, epochs: 2))
      let program = try sandbox.run("train", "network.json", "--output", "nowhere/model", status: 1)
      #expect(program.errors.contains("nowhere") && !program.errors.contains("epoch"), "\(program.errors)")
    }
  }
}
