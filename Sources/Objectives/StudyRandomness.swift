import StudyModel
import Tensors

/// The random keys of a study. All follow from its seed.
enum StudyRandomness {
  /// A run's: from the study's seed, the trial and the run's index, and from nothing else, so that it is the same on
  /// every worker and for every attempt. A member run has that of the run it works for.
  static func run(_ assignment: RunAssignment) -> RandomKey {
    let run = assignment.scoredRun
    return key(assignment.configuration.seed, .runs).folded(run.trial).folded(run.index)
  }

  /// A run's, as a number for other programs: 53 bits, which every JSON library can hold.
  static func integer(_ assignment: RunAssignment) -> Int {
    Int(run(assignment).bits(0) >> 11)
  }

  /// The same for all trials, so that they are judged on the same data.
  static func data(seed: Int) -> RandomKey { key(seed, .data) }
  static func splits(seed: Int) -> RandomKey { key(seed, .splits) }

  private enum Part: Int {
    case data, splits, runs
  }

  private static func key(_ seed: Int, _ part: Part) -> RandomKey {
    RandomKey(seed: UInt64(bitPattern: Int64(seed))).folded(part.rawValue)
  }
}
