import Dispatch
import Foundation
import Reports
import Tensors

/// OpenBLAS: how it was built, which of its kernels run here and why, and how fast they are.
enum BLASCheck {
  static func findings() -> [Finding] {
    let library = Finding("blas", "\(BLAS.configuration), \(count(BLAS.threads, "thread"))")
    return [library, kernels(BLAS.kernelChoice, version: version(BLAS.configuration)), speed()]
  }

  static func kernels(_ choice: BLASKernelChoice, version: String) -> Finding {
    let variable = BLASKernelChoice.variable
    var finding = Finding("blas kernels", choice.core)
    switch choice.origin {
    case .openBLAS: finding.value += ", OpenBLAS's own choice"
    case .user: finding.value += ", because \(variable) is set"
    case .program(let other):
      finding.value +=
        ", chosen by hpsearch because the processor has AVX-512 and OpenBLAS \(version) took its \(other) kernels"
    }
    if choice.wastesAVX512 {
      let problem = "The processor has AVX-512 and these kernels do not use it: they are about half as fast as others. "
      finding.remedy =
        switch choice.origin {
        case .user: problem + "Unset \(variable); hpsearch then sees to it."
        case .openBLAS: problem + "hpsearch could not start itself again with others: export \(variable)=SkylakeX"
        case .program: problem + "OpenBLAS does not follow \(variable): it was built for one processor alone."
        }
    }
    return finding
  }

  /// The best of a few products of the size of a training step, on one thread as in a worker.
  private static func speed() -> Finding {
    let (m, n, k) = (128, 400, 784)
    let threads = BLAS.threads
    BLAS.setThreads(1)
    defer { BLAS.setThreads(threads) }
    let a = Vector<Float>.uniform(RandomKey(seed: 0), count: m * k)
    let b = Vector<Float>.uniform(RandomKey(seed: 1), count: k * n)
    var c = Vector<Float>(count: m * n)
    let target = c.unsafeMutablePointer()
    defer { withExtendedLifetime((a, b, c)) {} }
    let nanoseconds = (0..<20).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      BLAS.gemm(m: m, n: n, k: k, a.unsafePointer, lda: k, b.unsafePointer, ldb: n, target, ldc: n)
      return Double(DispatchTime.now().uptimeNanoseconds - start)
    }
    let rate = Double(2 * m * n * k) / (nanoseconds.min() ?? .infinity)
    return Finding("blas speed", "\(String(format: "%.0f", rate)) GFLOP/s a core (sgemm, \(m) x \(n) x \(k))")
  }

  /// "0.3.21" of "OpenBLAS 0.3.21 DYNAMIC_ARCH ...".
  private static func version(_ configuration: String) -> String {
    let words = configuration.split(separator: " ")
    return words.count > 1 && words[0] == "OpenBLAS" ? String(words[1]) : ""
  }
}
