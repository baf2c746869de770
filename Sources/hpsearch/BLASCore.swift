import Foundation
import Tensors

/// The choice of OpenBLAS's kernels for this processor.
///
/// OpenBLAS before 0.3.22 does not know newer AMD processors and takes its Haswell kernels on them, at half the speed
/// of its AVX-512 kernels. It looks at OPENBLAS_CORETYPE when it is loaded, which is before main.
enum BLASCore {
  private static let variable = "OPENBLAS_CORETYPE"
  private static let better = "SkylakeX"

  /// The core that the user asked for.
  static var requested: String? { ProcessInfo.processInfo.environment[variable] }

  static var processorHasAVX512: Bool {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return false }
    let flags = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    let features = Set(flags.split(separator: " "))
    return ["avx512f", "avx512dq", "avx512bw", "avx512vl"].allSatisfy { features.contains($0) }
  }

  /// The core that would be faster here than the one OpenBLAS took.
  static var advised: String? {
    ["Haswell", "Zen"].contains(BLAS.coreName) && processorHasAVX512 ? better : nil
  }

  /// Starts this process again with the better kernels. A user's own OPENBLAS_CORETYPE is respected.
  static func restartWithTheBetterOne() {
    guard requested == nil, let advised else { return }
    setenv(variable, advised, 1)
    var arguments = CommandLine.arguments.map { strdup($0) }
    arguments.append(nil)
    // Only returns when it fails; the work is then done with the slower kernels.
    execv(Executable.path, arguments)
    for argument in arguments { free(argument) }
  }
}
