import Foundation
import Reports
import Tensors

/// The processor, the kernels that OpenBLAS chose for it, and the vectors that hpsearch was built for.
enum ProcessorCheck {
  static func findings() -> [Finding] {
    findings(
      Processor(text: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""),
      cores: ProcessInfo.processInfo.activeProcessorCount, blasCore: BLAS.coreName, advisedCore: BLASCore.advised,
      requestedCore: BLASCore.requested, blas: "\(BLAS.configuration), \(count(BLAS.threads, "thread"))",
      vectorBits: VectorWidth.bits)
  }

  /// What /proc/cpuinfo says of the first processor.
  struct Processor: Hashable {
    var name: String?
    var features: Set<String> = []

    init(text: String) {
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2 else { continue }
        if parts[0] == "model name", name == nil { name = parts[1] }
        // "Features" on ARM.
        if parts[0] == "flags" || parts[0] == "Features", features.isEmpty {
          features = Set(parts[1].split(separator: " ").map(String.init))
        }
      }
    }

    /// What OpenBLAS's SkylakeX kernels need.
    var hasAVX512: Bool { features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"]) }

    var vectors: [String] {
      ["neon", "asimd", "sve", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile"].filter(features.contains)
    }

    /// The widest vectors, in bits; nil where they are not known.
    var vectorBits: Int? {
      features.isEmpty || features.contains("asimd") || features.contains("neon")
        ? nil : hasAVX512 ? 512 : features.contains("avx2") ? 256 : 128
    }
  }

  static func findings(
    _ processor: Processor, cores: Int, blasCore: String, advisedCore: String?, requestedCore: String?, blas: String,
    vectorBits: Int
  ) -> [Finding] {
    var core = Finding("blas kernels", blasCore)
    if let requestedCore {
      core.value += " (OPENBLAS_CORETYPE=\(requestedCore) is respected)"
    } else if let advisedCore {
      core.remedy =
        "This processor has AVX-512 and this OpenBLAS does not know it. "
        + "Workers start with OPENBLAS_CORETYPE=\(advisedCore) by themselves, which makes matrix products about twice as fast; for other programs: "
        + "export OPENBLAS_CORETYPE=\(advisedCore)"
    }
    var build = Finding("vectors of this build", "\(vectorBits) bit")
    if let bits = processor.vectorBits, vectorBits < bits {
      build.remedy =
        "The processor has \(bits) bit. Build on this machine with swift build -c release, without HPSEARCH_MARCH."
    }
    let features = processor.vectors.isEmpty ? "" : "; \(processor.vectors.joined(separator: " "))"
    return [
      Finding("processor", "\(processor.name ?? "unknown"), \(count(cores, "core"))\(features)"), core,
      Finding("blas", blas), build,
    ]
  }
}
