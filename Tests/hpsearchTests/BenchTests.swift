import Foundation
import Testing

extension ProcessTests {
  /// Every benchmark runs, with budgets at which its numbers mean nothing.
  @Suite struct BenchTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func bench(
      _ arguments: [String], status: Int32 = 0, at location: SourceLocation = #_sourceLocation
    ) throws -> Program {
      let program = try sandbox.start(arguments, program: "hpsearch-bench")
      program.wait(at: location)
      #expect(
        program.status == status, "\(arguments.joined(separator: " "))\n\(program.errors)", sourceLocation: location)
      return program
    }

    /// The lines that a benchmark prints, all of whose numbers are finite.
    private func lines(_ arguments: String..., at location: SourceLocation = #_sourceLocation) throws -> [String] {
      let output = try bench(arguments, at: location).output
      let words = output.lowercased().split { !$0.isLetter }
      #expect(!words.contains("nan") && !words.contains("inf"), "\(output)", sourceLocation: location)
      return output.split(separator: "\n").map(String.init)
    }

    private func numbers(_ line: String) -> [Double] {
      line.split { " []=+,;:%".contains($0) }.compactMap { Double($0) }
    }

    /// A hypernetwork for a prior scale, whose trainings take 8 steps.
    private var sweep: String {
      """
      {"name": "tiny", "data": {"builtin": "noisy-sine", "points": 40, "split": {"kind": "hold-out"}},
       "model": {"hidden": [4], "likelihood": {"kind": "gaussian", "scale": 0.2}},
       "inference": {"samples": 1, "evaluationSamples": 5}, "training": {"batchSize": 16, "epochs": 4},
       "space": {"inference.prior.scale": {"range": [0.1, 1.5], "scale": "log"}},
       "strategy": {"kind": "hypernetwork", "trials": 3}, "objective": {"metric": "elbo"}}
      """
    }

    @Test(arguments: [
      "step", "dispatch", "suggest", "regret", "race", "polynomials", "amortise", "poster", "hyperparameters",
      "mnist-priors",
    ])
    func `every benchmark has help with examples`(command: String) throws {
      let help = try bench([command, "--help"]).output
      #expect(help.contains("OVERVIEW: ") && help.contains("EXAMPLES:") && help.contains("hpsearch-bench \(command)"))
    }

    @Test(arguments: ["bbb", "mog", "lrt", "flipout", "map"]) func step(mode: String) throws {
      let lines = try lines(
        "step", "--mode", mode, "--hidden", "4", "--batch", "8", "--steps", "3", "--rounds", "1", "--memory")
      #expect(lines.count == 2 && lines[0].hasPrefix("\(mode) hidden=4 threads=1 batch=8 samples="), "\(lines)")
      let text = lines[0].split(separator: ": ").last.map(String.init) ?? ""
      #expect(text.hasPrefix("median ") && text.contains(" ms/step  min ") && numbers(text).allSatisfy { $0 > 0 })
    }

    @Test func `the profile of a step`() throws {
      let lines = try lines("step", "--hidden", "4", "--batch", "8", "--steps", "3", "--rounds", "1", "--profile")
      #expect(lines.count > 2 && lines.last?.hasPrefix("matrix products: ") ?? false, "\(lines)")
      for line in lines.dropFirst().dropLast() { #expect(line.contains(" ms ") && line.contains(" %  "), "\(line)") }
    }

    @Test func dispatch() throws {
      let lines = try lines("dispatch", "--trials", "5", "--workers", "1", "--rounds", "1")
      #expect(lines.count == 1 && lines[0].hasPrefix("dispatch trials=5 workers=1 durable: "))
      #expect(lines[0].contains(" trials/s (whole command "), "\(lines)")
    }

    @Test func suggest() throws {
      let lines = try lines("suggest", "--observations", "8", "--dimensions", "2", "--repetitions", "1")
      #expect(lines.count == 3, "\(lines)")
      for (line, model) in zip(lines, ["fitted from nothing", "fitted from the last fit", "fit kept"]) {
        #expect(
          line.hasPrefix("suggest observations=8 dimensions=2 threads=1 hpsearch, \(model): median "), "\(line)")
      }
    }

    @Test func regret() throws {
      let lines = try lines("regret", "--functions", "branin", "--seeds", "1", "--trials", "7")
      #expect(lines.count == 2, "\(lines)")
      for (line, name) in zip(lines, ["hpsearch", "random"]) {
        #expect(line.hasPrefix("branin \(name) regret ") && line.hasSuffix(" ms/ask"), "\(line)")
        #expect(numbers(line).count == 5 && numbers(line).allSatisfy { $0 >= 0 }, "\(line)")
      }
    }

    @Test func race() throws {
      try sandbox.write("tiny.json", sweep)
      let lines = try lines(
        "race", "tiny.json", "--strategy", "random", "--trials", "5", "--against", "sobol", "--against-trials", "5",
        "--seeds", "1", "--workers", "1", "--csv", "curves.csv")
      #expect(lines[0] == "best elbo, median of 1 seeds [lowest, highest], after so many trials")
      #expect(lines.count == 3 && lines[1].hasPrefix("random 5 ") && lines[2].hasPrefix("sobol 5 "), "\(lines)")
      for line in lines.dropFirst() { #expect(numbers(line).count == 4, "\(line)") }
      let curves = try sandbox.read("curves.csv").split(separator: "\n")
      #expect(curves[0] == "strategy,seed,trials,best" && curves.count == 11)
    }

    @Test func polynomials() throws {
      let lines = try lines("polynomials", "--runs", "2", "--steps", "2", "--training-steps", "5")
      #expect(
        lines[0].split(separator: "  ", omittingEmptySubsequences: true).map { $0.trimmingCharacters(in: .whitespaces) }
          == ["objective", "method", "test RMSE", "lecture", "objective's value", "seconds a run"])
      #expect(lines.count == 9, "\(lines)")
      for line in lines.dropFirst() { #expect(numbers(line).count == 6, "\(line)") }
    }

    @Test func amortise() throws {
      try sandbox.write("tiny.json", sweep)
      let lines = try lines(
        "amortise", "tiny.json", "--seeds", "1", "--trials", "3", "--gaussian-process-trials", "2",
        "--hypernetwork-trials", "3", "--gradient-trials", "5", "--plot", "curves.svg")
      #expect(lines[0] == "tiny: best elbo, medians of 1 seeds; the target is the best of random")
      let names = ["random", "gaussian-process", "hypernetwork", "gradient"]
      #expect(lines[1].split(separator: " ").map(String.init) == ["steps", "part"] + names)
      #expect(lines.count == 17, "\(lines)")
      let ends = lines.suffix(4)
      #expect(ends.map { $0.split(separator: " ").first.map(String.init) } == names)
      for line in ends { #expect(numbers(line).count >= 6, "\(line)") }
      let picture = try sandbox.read("curves.svg")
      #expect(picture.hasSuffix("</svg>\n") && names.allSatisfy { picture.contains(">\($0)</text>") })
    }

    @Test func hyperparameters() throws {
      let lines = try lines(
        "hyperparameters", "--batch", "4", "--units", "1", "--training-steps", "1", "--terms", "1", "--rounds", "1")
      #expect(
        lines[0].split(separator: " ").joined(separator: " ") == "hyperparameters step ms of plain peak MB", "\(lines)")
      #expect(lines.count == 11)
      for (line, count) in zip(
        lines.dropFirst(), Array(repeating: 7850, count: 5) + Array(repeating: 478_410, count: 5))
      {
        let own = numbers(line)
        #expect(own.count >= 3 && own[0] == Double(count) && own.allSatisfy { $0 > 0 }, "\(line)")
      }
    }

    @Test func `the priors of images`() throws {
      // Noise in the form of MNIST's files, which may be unzipped.
      let count = 510
      let sizes: [UInt8] = [0, 0, UInt8(count >> 8), UInt8(count & 255)]
      let pixels = (0..<784 * count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 16) }
      try sandbox.write("mnist/train-images-idx3-ubyte.gz", "")
      try Data([0, 0, 8, 3] + sizes + [0, 0, 0, 28, 0, 0, 0, 28] + pixels)
        .write(to: URL(fileURLWithPath: "\(sandbox.path)/mnist/train-images-idx3-ubyte.gz"))
      try Data([0, 0, 8, 1] + sizes + (0..<count).map { UInt8($0 % 10) })
        .write(to: URL(fileURLWithPath: "\(sandbox.path)/mnist/train-labels-idx1-ubyte.gz"))
      let lines = try lines(
        "mnist-priors", "--data", ".", "--seeds", "1", "--images", "500", "--test-images", "10", "--steps", "1",
        "--training-steps", "10", "--final-steps", "1", "--methods", "random", "greedy")
      #expect(lines[0].hasPrefix("objective  method        accuracy           thesis  test NLL"), "\(lines)")
      #expect(lines.count == 5)
      for line in lines.dropFirst() { #expect(numbers(line).count >= 6, "\(line)") }
    }

    @Test(arguments: [
      (["nonsense"], "nonsense"), (["step", "--mode", "other"], "other"), (["step", "--hidden", "0"], "--hidden is 0"),
      (["dispatch", "--trials", "0"], "--trials is 0"), (["dispatch", "--workers", "0"], "--workers is 0"),
      (["suggest", "--dimensions", "0"], "--dimensions is 0"), (["regret", "--functions", "sphere"], "sphere"),
      (["race", "none.json"], "cannot read the sweep file none.json"),
      (["race", "tiny.json", "--seeds", "0"], "--seeds is 0"),
      (["polynomials", "--training-steps", "0"], "--training-steps is 0"),
      (["amortise", "none.json"], "cannot read the sweep file none.json"),
      (["amortise", "bad.json"], "bad.json: line 1, column"), (["amortise"], "<files>"),
      (["poster", "figure-3"], "figure-3"), (["poster", "l2-study", "--plot", "x.svg"], "--plot is for figure-2"),
      (["poster", "figure-2", "--data", "nowhere"], "nowhere/mnist/train-images"),
      (["hyperparameters", "--draws", "5", "--batch", "4"], "--draws must be at most the 4"),
      (["mnist-priors", "--images", "499"], "--images is 499; it must be 500 or more"),
    ])
    func `bad arguments are one clear error`(arguments: [String], expected: String) throws {
      try sandbox.write("tiny.json", sweep)
      try sandbox.write("bad.json", "{\"name\" 1}")
      let program = try sandbox.start(arguments, program: "hpsearch-bench")
      program.wait()
      #expect([1, 64].contains(program.status) && program.output.isEmpty, "\(program.status)")
      #expect(program.errors.components(separatedBy: "Error: ").count == 2, "\(program.errors)")
      #expect(program.errors.hasPrefix("Error: ") && program.errors.contains(expected), "\(program.errors)")
    }
  }
}
