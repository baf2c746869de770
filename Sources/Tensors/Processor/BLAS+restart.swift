import Foundation

extension BLAS {
  /// The kernels of this process.
  public static var kernelChoice: BLASKernelChoice {
    BLASKernelChoice(
      core: coreName, configuration: configuration, processor: .current,
      environment: ProcessInfo.processInfo.environment)
  }

  /// Starts this program again, in the same process, when OpenBLAS did not choose the kernels that are best for this
  /// processor. The choice goes to child processes too. A user's own OPENBLAS_CORETYPE is respected.
  ///
  /// Belongs at the start of main, before there are files, threads or children. Does not return where it restarts. Where
  /// it cannot, the program goes on with the kernels that it has.
  public static func restartWithBetterKernels() {
    let choice = kernelChoice
    switch choice.action {
    case .keep: return
    case .restart(let core):
      setenv(BLASKernelChoice.variable, core, 1)
      setenv(BLASKernelChoice.mark, "\(choice.core):\(core)", 1)
    case .restartWithoutChoice:
      unsetenv(BLASKernelChoice.variable)
      unsetenv(BLASKernelChoice.mark)
    }
    // The link, and not what it points to, would make "exe" the name of the process.
    if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      execv(path, CommandLine.unsafeArgv)
    }
    unsetenv(BLASKernelChoice.variable)
    unsetenv(BLASKernelChoice.mark)
  }
}
