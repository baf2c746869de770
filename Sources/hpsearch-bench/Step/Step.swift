import ArgumentParser
import Dispatch
import Foundation
import Tensors

struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time one training step of a Bayesian network, alone or beside JAX and PyTorch.",
    discussion: """
      A step draws a minibatch, computes the loss and its gradient, and makes a step of Adam; inputs are random. With
      --jax or --torch the same step runs there as well, in turns with this one, and the ratio of the medians is printed.

      EXAMPLES:
        hpsearch-bench step --mode bbb --hidden 400 --profile
        hpsearch-bench step --mode lrt --jax python3 --torch python3
        hpsearch-bench step --network lenet-5 --mode map --torch python3
        hpsearch-bench step --network yacht --mode lrt
        hpsearch-bench step --processes 2
      """)

  @Option(
    help: """
      bbb: sampled weights, Gaussian prior, sampled complexity; mog: the same with a scale mixture prior; lrt: local \
      reparameterization, Gaussian prior, complexity in closed form; flipout: the same with Flipout; map: one value of \
      the weights, Gaussian prior.
      """)
  var mode = Workload.Mode.bbb

  @Option(help: "mlp: 784-H-H-10; lenet-5: on 28 x 28 images; yacht: 6-50-1 on 277 rows in minibatches of 32.")
  var network = Workload.Kind.mlp

  @Option(help: "mlp: units of each hidden layer.")
  var hidden = 400

  @Option(help: "Threads of the linear algebra.")
  var threads = 1

  @Option(help: "Examples of a minibatch.")
  var batch = 128

  @Option(help: "Posterior samples of a step.")
  var samples = 2

  @Option(help: "Steps to time in a round, after five that are not.")
  var steps = 60

  @Option(help: "Rounds, in turns with the peers; the median over all counts.")
  var rounds = 3

  @Flag(help: "Print where the time of a step goes, and what share of the matrix products' limit it reaches.")
  var profile = false

  @Flag(help: "Print the peak memory of the process over its data.")
  var memory = false

  @Option(
    help: "Time so many processes at once as well, each with a step of its own, and print the ratio of the rates.")
  var processes = 1

  @Option(help: ArgumentHelp("Also time JAX, with this Python that has jax and optax.", valueName: "PYTHON"))
  var jax: String?

  @Option(help: ArgumentHelp("Also time PyTorch, with this Python that has torch.", valueName: "PYTHON"))
  var torch: String?

  func validate() throws {
    try check([
      "hidden": hidden, "threads": threads, "batch": batch, "samples": samples, "steps": steps, "rounds": rounds,
      "processes": processes,
    ])
  }

  private var workload: Workload {
    Workload(
      mode: mode, kind: network, hidden: hidden, batch: network == .yacht ? 32 : batch,
      samples: mode == .map ? 1 : samples)
  }

  private var setting: String {
    let size = network == .mlp ? "hidden=\(hidden)" : network.rawValue
    return "\(mode.rawValue) \(size) threads=\(threads) batch=\(workload.batch) samples=\(workload.samples)"
  }

  func run() throws {
    BLAS.setThreads(threads)
    let peers = try [jax.map { ("jax", $0) }, torch.map { ("torch", $0) }].compactMap { $0 }.map { name, python in
      try StepPeer(framework: name, python: python, workload: workload, threads: threads)
    }
    let before = PeakMemory.bytes
    let runner = try workload.makeRunner()
    let dataBytes = runner.dataBytes
    for _ in 0..<5 { try runner.step() }
    var own: [Double] = []
    var others: [[Double]] = peers.map { _ in [] }
    for _ in 0..<rounds {
      for _ in 0..<steps {
        let start = DispatchTime.now().uptimeNanoseconds
        try runner.step()
        own.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
      }
      for (index, peer) in peers.enumerated() { others[index] += try peer.measure(steps: steps) }
    }
    let median = own.median
    print("\(setting) core=\(BLAS.coreName): median \(Self.text(median)) ms/step  min \(Self.text(own.min() ?? 0))")
    for (peer, times) in zip(peers, others) {
      let other = times.median
      print(
        "\(peer.framework): median \(Self.text(other)) ms/step  min \(Self.text(times.min() ?? 0)); "
          + "\(peer.framework) / hpsearch: \(String(format: "%.2f", other / median))")
    }
    if memory {
      let peak = Double(PeakMemory.bytes - before) / 1e6
      print(
        String(
          format: "peak memory of the step: %.1f MB over the start, %.1f MB of it data", peak, Double(dataBytes) / 1e6))
    }
    if profile { StepProfile(workload: workload, stepMilliseconds: own.min() ?? 0).report(try runner.profile()) }
    if processes > 1 { try scale() }
  }

  /// Steps per second of several processes at once against one.
  private func scale() throws {
    func rate(_ count: Int) throws -> Double {
      let arguments = [
        "step", "--mode", mode.rawValue, "--network", network.rawValue, "--hidden", "\(hidden)", "--batch", "\(batch)",
        "--samples", "\(samples)", "--steps", "\(steps * 4)", "--rounds", "1",
      ]
      let running = try (0..<count).map { _ in try RunningCommand(arguments) }
      return try running.map { try $0.finish() }.reduce(0) { total, output in
        guard let text = output.split(separator: " ").drop(while: { $0 != "median" }).dropFirst().first,
          let milliseconds = Double(text)
        else { throw ValidationError("a process printed no median: \(output)") }
        return total + 1000 / milliseconds
      }
    }
    let pairs = try (0..<rounds).map { _ in (try rate(1), try rate(processes)) }
    let (one, many) = (pairs.map(\.0).median, pairs.map(\.1).median)
    print(
      "\(processes) processes: \(String(format: "%.0f", many)) steps/s, one: \(String(format: "%.0f", one)); "
        + "ratio \(String(format: "%.2f", many / one))")
  }

  private static func text(_ milliseconds: Double) -> String {
    String(format: milliseconds < 0.1 ? "%.4f" : "%.2f", milliseconds)
  }
}
