/// Which of its kernels OpenBLAS runs in this process, who chose them, and whether others would be better.
///
/// OpenBLAS looks at the processor, or at OPENBLAS_CORETYPE, once, when it is loaded. A version that is older than the
/// processor may fall back on the kernels of an old one: OpenBLAS before 0.3.22 takes its Haswell kernels on processors
/// of AMD whose AVX-512 it does not recognise, at half the speed of the SkylakeX kernels. A program can only change that
/// by starting itself again; see `BLAS.restartWithBetterKernels()`.
public struct BLASKernelChoice: Hashable, Sendable {
  public enum Origin: Hashable, Sendable {
    case openBLAS
    /// OPENBLAS_CORETYPE was set before the program began.
    case user
    /// This program, or the one that started it, set OPENBLAS_CORETYPE; OpenBLAS itself took the named core.
    case program(insteadOf: String)
  }

  public enum Action: Hashable, Sendable {
    case keep
    case restart(core: String)
    /// A choice was inherited from a machine with AVX-512, and this one has none.
    case restartWithoutChoice
  }

  /// What OpenBLAS reads.
  public static let variable = "OPENBLAS_CORETYPE"
  /// What this program leaves for itself and its children, so that it restarts once: "Haswell:SkylakeX" says that
  /// OpenBLAS took Haswell and the program chose SkylakeX.
  public static let mark = "HPSEARCH_BLAS_KERNELS"
  /// Cooperlake and SapphireRapids are as fast for Float and Double; SkylakeX needs the least of the processor.
  static let better = "SkylakeX"
  /// OpenBLAS's x86 cores without AVX-512, among them all that it falls back on. A name that is not here is left alone.
  static let narrowCores: Set = [
    "Haswell", "Zen", "Excavator", "Steamroller", "Piledriver", "Bulldozer", "Sandybridge", "Nehalem", "Barcelona",
    "Bobcat", "Dunnington", "Penryn", "Core2", "Opteron_SSE3", "Opteron", "Prescott", "Banias", "Northwood",
    "Coppermine",
    "Katmai", "Athlon", "Atom", "Nano",
  ]

  /// The kernels in use, for example "Haswell".
  public let core: String
  public let origin: Origin
  public let action: Action
  /// The processor has AVX-512 and these kernels make no use of it.
  public let wastesAVX512: Bool

  /// - Parameters:
  ///   - core: `BLAS.coreName`
  ///   - configuration: `BLAS.configuration`; only a library with DYNAMIC_ARCH has more than one set of kernels.
  public init(core: String, configuration: String, processor: Processor, environment: [String: String]) {
    self.core = core
    wastesAVX512 = processor.hasAVX512 && Self.narrowCores.contains(core)
    let requested = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    let marks = environment[Self.mark].map { $0.split(separator: ":").map(String.init) } ?? []
    if let requested, marks.count == 2, marks[1] == requested {
      origin = .program(insteadOf: marks[0])
      action = processor.hasAVX512 || processor.features.isEmpty ? .keep : .restartWithoutChoice
    } else if requested != nil {
      origin = .user
      action = .keep
    } else {
      origin = .openBLAS
      let isDynamic = configuration.split(separator: " ").contains("DYNAMIC_ARCH")
      // A mark alone means that a restart has been tried and something took the variable away.
      action = wastesAVX512 && isDynamic && marks.isEmpty ? .restart(core: Self.better) : .keep
    }
  }
}
