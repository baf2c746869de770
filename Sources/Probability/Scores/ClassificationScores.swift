import Foundation

/// Scores of a classification's predictive distribution, collected one posterior sample at a time. The predictive
/// distribution is the mean of the samples' class probabilities.
public struct ClassificationScores: Sendable {
  private let targets: [Int]
  private let classes: Int
  private var samples = 0
  private var probabilities: [Double]
  private var logLikelihood: [RunningLogSumExp]

  public init(targets: [Int], classes: Int) {
    precondition(!targets.isEmpty, "scores need at least one point")
    precondition(
      targets.allSatisfy { $0 >= 0 && $0 < classes }, "a target is not one of the \(classes) classes")
    self.targets = targets
    self.classes = classes
    probabilities = Array(repeating: 0, count: targets.count * classes)
    logLikelihood = Array(repeating: RunningLogSumExp(), count: targets.count)
  }

  /// Adds the logits of one posterior sample, point after point.
  public mutating func add(logits: [Double]) {
    precondition(
      logits.count == probabilities.count, "\(logits.count) logits for \(targets.count) points of \(classes) classes")
    samples += 1
    for point in targets.indices {
      let start = point * classes
      let total = logSumExp(logits[start..<(start + classes)])
      logLikelihood[point].add(logits[start + targets[point]] - total)
      for i in start..<(start + classes) {
        probabilities[i] += exp(logits[i] - total)
      }
    }
  }

  /// Log pointwise predictive density, mean over the points.
  public var lppd: Double {
    logLikelihood.reduce(0) { $0 + $1.value } / Double(targets.count) - log(Double(samples))
  }

  /// -log of the mean probability of the right class, mean over the points: the negative of `lppd`.
  public var negativeLogLikelihood: Double { -lppd }

  /// The part of the points whose most probable class is not the right one; ties go to the first class.
  public var errorRate: Double {
    let wrong = targets.indices.count { prediction($0).chosen != targets[$0] }
    return Double(wrong) / Double(targets.count)
  }

  /// Expected calibration error (Guo et al. 2017) with 15 equal-width bins of the confidence: sum over bins of
  /// (points in the bin / N) |accuracy - mean confidence|. NaN where a probability is NaN.
  public var calibrationError: Double {
    let bins = 15
    var confidence = Array(repeating: 0.0, count: bins)
    var right = confidence
    for point in targets.indices {
      let (chosen, probability) = prediction(point)
      guard probability.isFinite else { return .nan }
      // Bins are open on the left: (0, 1/15], (1/15, 2/15] ...
      let bin = min(bins - 1, max(0, Int((probability * Double(bins)).rounded(.up)) - 1))
      confidence[bin] += probability
      right[bin] += chosen == targets[point] ? 1 : 0
    }
    return zip(confidence, right).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / Double(targets.count)
  }

  private func prediction(_ point: Int) -> (chosen: Int, probability: Double) {
    let range = (point * classes)..<((point + 1) * classes)
    var chosen = range.lowerBound
    for i in range where probabilities[i] > probabilities[chosen] { chosen = i }
    return (chosen - range.lowerBound, probabilities[chosen] / Double(samples))
  }
}
