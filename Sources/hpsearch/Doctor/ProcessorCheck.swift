import Foundation
import Reports
import Tensors

/// The processor and the vectors that hpsearch was built for.
enum ProcessorCheck {
  static func findings() -> [Finding] {
    findings(.current, cores: ProcessInfo.processInfo.activeProcessorCount, vectorBits: VectorWidth.bits)
  }

  static func findings(_ processor: Processor, cores: Int, vectorBits: Int) -> [Finding] {
    var build = Finding("vectors of this build", "\(vectorBits) bit")
    if let bits = processor.vectorBits, vectorBits < bits {
      build.remedy =
        "The processor has \(bits) bit. Build on this machine with swift build -c release, without HPSEARCH_MARCH."
    }
    let features = processor.vectors.isEmpty ? "" : "; \(processor.vectors.joined(separator: " "))"
    return [Finding("processor", "\(processor.name ?? "unknown"), \(count(cores, "core"))\(features)"), build]
  }
}

extension Processor {
  fileprivate var vectors: [String] {
    ["neon", "asimd", "sve", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_tile"].filter(features.contains)
  }

  /// The widest vectors, in bits; nil where they are not known.
  fileprivate var vectorBits: Int? {
    features.isEmpty || features.contains("asimd") || features.contains("neon")
      ? nil : hasAVX512 ? 512 : features.contains("avx2") ? 256 : 128
  }
}
