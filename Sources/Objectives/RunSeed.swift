import StudyModel
import Tensors

/// The randomness of a run: from the study's seed, the trial and the run's index, and from nothing else, so that it is
/// the same on every worker and for every attempt.
enum RunSeed {
  static func key(_ assignment: RunAssignment) -> RandomKey {
    let run = assignment.attempt.run
    return studyKey(assignment.configuration).folded(run.trial).folded(run.index)
  }

  /// 53 bits, which every JSON library can hold.
  static func integer(_ assignment: RunAssignment) -> Int {
    Int(key(assignment).bits(0) >> 11)
  }

  static func studyKey(_ configuration: SweepConfiguration) -> RandomKey {
    RandomKey(seed: UInt64(bitPattern: Int64(configuration.seed)))
  }
}
