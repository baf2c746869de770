import Foundation
import StudyModel

extension SweepConfiguration {
  /// The threads of a process where nobody asked for a number and `runs` of them work at a time on this machine: members of
  /// an ensemble take the processors that are left, as their number changes no digit; linear algebra does not.
  func defaultThreads(runs: Int) -> Int {
    guard objective.isNetwork, inference.method == .deepEnsemble,
      !space.dimensions.contains(where: { $0.name == "inference.method" })
    else { return 1 }
    return max(1, ProcessInfo.processInfo.activeProcessorCount / max(1, runs))
  }
}
