import Tensors
import Testing

@Suite struct BLASKernelChoiceTests {
  static let wide = Processor(
    name: "wide", features: ["avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"])
  static let narrow = Processor(name: "narrow", features: ["avx2", "fma"])
  static let dynamic = "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64"

  func choice(
    _ core: String, _ processor: Processor = wide, configuration: String = dynamic,
    environment: [String: String] = [:]
  ) -> BLASKernelChoice {
    BLASKernelChoice(core: core, configuration: configuration, processor: processor, environment: environment)
  }

  @Test(arguments: ["Haswell", "Zen", "Sandybridge", "Prescott"]) func narrowKernelsOnAWideProcessor(core: String) {
    let choice = choice(core)
    #expect(choice.action == .restart(core: "SkylakeX") && choice.origin == .openBLAS && choice.wastesAVX512)
  }

  @Test(arguments: ["SkylakeX", "Cooperlake", "SapphireRapids", "ACoreOfTheFuture"])
  func wideKernelsAreLeftAlone(core: String) {
    #expect(choice(core).action == .keep && !choice(core).wastesAVX512)
  }

  @Test func aProcessorWithoutAVX512KeepsItsKernels() {
    for processor in [Self.narrow, Processor(), Processor(features: ["asimd"])] {
      let choice = choice("Haswell", processor)
      #expect(choice.action == .keep && choice.origin == .openBLAS && !choice.wastesAVX512)
    }
    // Every part of AVX-512 is needed.
    for missing in Self.wide.features where missing.hasPrefix("avx512") {
      #expect(choice("Haswell", Processor(features: Self.wide.features.subtracting([missing]))).action == .keep)
    }
  }

  @Test func theUsersChoiceIsRespected() {
    let choice = choice("Haswell", environment: ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(choice.action == .keep && choice.origin == .user && choice.wastesAVX512)
    // An empty one is none.
    #expect(self.choice("Haswell", environment: ["OPENBLAS_CORETYPE": ""]).action == .restart(core: "SkylakeX"))
    // Also one that a user made after the program's.
    let later = self.choice(
      "Zen", environment: ["OPENBLAS_CORETYPE": "Zen", "HPSEARCH_BLAS_KERNELS": "Haswell:SkylakeX"])
    #expect(later.action == .keep && later.origin == .user)
  }

  @Test func itRestartsOnce() {
    let after = ["OPENBLAS_CORETYPE": "SkylakeX", "HPSEARCH_BLAS_KERNELS": "Haswell:SkylakeX"]
    #expect(choice("SkylakeX", environment: after).action == .keep)
    #expect(choice("SkylakeX", environment: after).origin == .program(insteadOf: "Haswell"))
    // Even when OpenBLAS did not listen, or something took the variable away.
    #expect(choice("Haswell", environment: after).action == .keep && choice("Haswell", environment: after).wastesAVX512)
    #expect(choice("Haswell", environment: ["HPSEARCH_BLAS_KERNELS": "Haswell:SkylakeX"]).action == .keep)
  }

  @Test func aChoiceFromAnotherMachineIsDropped() {
    let inherited = ["OPENBLAS_CORETYPE": "SkylakeX", "HPSEARCH_BLAS_KERNELS": "Haswell:SkylakeX"]
    #expect(choice("Haswell", Self.narrow, environment: inherited).action == .restartWithoutChoice)
    #expect(choice("Haswell", Self.narrow, environment: ["OPENBLAS_CORETYPE": "SkylakeX"]).action == .keep)
  }

  @Test func aLibraryWithOneSetOfKernelsKeepsIt() {
    #expect(choice("Haswell", configuration: "OpenBLAS 0.3.21 Haswell MAX_THREADS=64").action == .keep)
  }

  @Test func whatLinuxSaysOfTheProcessor() {
    let text =
      "processor\t: 0\nmodel name\t: A processor\nflags\t\t: fpu avx2 avx512f\n\nprocessor\t: 1\nflags\t\t: fpu\n"
    #expect(Processor(cpuinfo: text) == Processor(name: "A processor", features: ["fpu", "avx2", "avx512f"]))
    #expect(Processor(cpuinfo: "processor : 0\nFeatures : fp asimd\n").features == ["fp", "asimd"])
    #expect(Processor(cpuinfo: "") == Processor() && !Processor().hasAVX512)
    #expect(Self.wide.hasAVX512)
  }

  @Test func thisProcessHasKernels() {
    #expect(BLAS.kernelChoice.core == BLAS.coreName)
  }
}
