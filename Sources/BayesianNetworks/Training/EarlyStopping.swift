/// Stops a training whose score no longer rises: a value that is given each score as it comes.
public struct EarlyStopping: Hashable, Sendable, Codable {
  public enum Verdict: Hashable, Sendable {
    /// The best score so far: its parameters are worth keeping.
    case improved
    case unchanged
    /// `patience` scores in a row have not improved on the best.
    case stop
  }

  /// How many scores in a row may fail to improve.
  public let patience: Int
  /// By how much a score must exceed the best to count as better.
  public let minimumImprovement: Double
  public private(set) var bestScore: Double?
  public private(set) var bestStep: Int?
  /// Scores since the best.
  public private(set) var waited = 0

  public init(patience: Int, minimumImprovement: Double = 0) {
    precondition(patience >= 1, "the patience must be at least one score, got \(patience)")
    precondition(minimumImprovement >= 0, "the least improvement must be 0 or more, got \(minimumImprovement)")
    self.patience = patience
    self.minimumImprovement = minimumImprovement
  }

  /// Takes the score after a step in. Higher scores are better; one that is not a number never improves.
  public mutating func update(step: Int, score: Double) -> Verdict {
    if !score.isNaN, bestScore.map({ score > $0 + minimumImprovement }) ?? true {
      (bestScore, bestStep, waited) = (score, step, 0)
      return .improved
    }
    waited += 1
    return waited >= patience ? .stop : .unchanged
  }
}
