import Foundation
import Tensors

/// Where the time of a step goes, and how far it is from the limit that the matrix products set.
struct StepProfile {
  var workload: Workload
  var stepMilliseconds: Double

  func report(_ operations: [(name: String, seconds: Double)]?) {
    if let operations {
      var sums: [String: Double] = [:]
      for (name, seconds) in operations { sums[String(name.prefix { $0 != " " }), default: 0] += seconds * 1e3 }
      let total = sums.values.reduce(0, +)
      for (name, milliseconds) in sums.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) })
      where milliseconds > 0.005 {
        print(line(milliseconds, name))
      }
      print(line(max(0, stepMilliseconds - total), "optimiser, minibatch and the rest"))
    }
    guard let operations = workload.matrixOperations else { return }
    let rate = Self.matrixRate()
    let limit = operations / rate * 1e3
    print(
      String(
        format:
          "matrix products: %.0f MFLOP at %.0f GFLOP/s (measured here) are %.2f ms: the step reaches %.0f %% of that limit",
        operations / 1e6, rate / 1e9, limit, 100 * limit / stepMilliseconds))
  }

  private func line(_ milliseconds: Double, _ name: String) -> String {
    String(format: "  %6.2f ms  %4.1f %%  ", milliseconds, 100 * milliseconds / stepMilliseconds) + name
  }

  /// Operations per second of the product 128 x 784 times 784 x 400: the best of some rounds.
  static func matrixRate() -> Double {
    let (m, k, n) = (128, 784, 400)
    let a = Vector<Float>.uniform(RandomKey(seed: 1), count: m * k)
    let b = Vector<Float>.uniform(RandomKey(seed: 2), count: k * n)
    var c = Vector<Float>(count: m * n)
    defer { withExtendedLifetime((a, b, c)) {} }
    let clock = ContinuousClock()
    var best = 0.0
    for _ in 0..<50 {
      let start = clock.now
      BLAS.gemm(m: m, n: n, k: k, a.unsafePointer, lda: k, b.unsafePointer, ldb: n, c.unsafeMutablePointer(), ldc: n)
      let elapsed = clock.now - start
      let seconds = Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds)
      best = max(best, 2 * Double(m * k * n) / seconds)
    }
    return best
  }
}

/// The greatest resident memory of this process so far.
enum PeakMemory {
  static var bytes: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Int(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Int(usage.ru_maxrss)
    #endif
  }
}

/// This program again, in a process of its own.
struct RunningCommand {
  private let process = Process()
  private let pipe = Pipe()

  init(_ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
  }

  /// What it printed.
  func finish() throws -> String {
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return output
  }
}
