import Foundation

/// The processor of this machine, as far as /proc/cpuinfo knows it.
public struct Processor: Hashable, Sendable {
  /// For example "AMD EPYC".
  public var name: String?
  /// The flags of the first processor, for example "avx2"; on ARM, the features. Empty where they are not known.
  public var features: Set<String>

  public init(name: String? = nil, features: Set<String> = []) {
    self.name = name
    self.features = features
  }

  /// - Parameter cpuinfo: The text of /proc/cpuinfo.
  public init(cpuinfo: String) {
    self.init()
    for line in cpuinfo.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2 else { continue }
      if parts[0] == "model name", name == nil { name = parts[1] }
      if parts[0] == "flags" || parts[0] == "Features", features.isEmpty {
        features = Set(parts[1].split(separator: " ").map(String.init))
      }
      if name != nil && !features.isEmpty { break }
    }
  }

  /// Read anew at every call.
  public static var current: Processor {
    Processor(cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
  }

  /// The five parts of AVX-512 that OpenBLAS's SkylakeX kernels are compiled for.
  public var hasAVX512: Bool { features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"]) }
}
