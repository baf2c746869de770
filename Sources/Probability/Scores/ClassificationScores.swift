import Foundation

/// Scores of a classification's predictive distribution, collected one posterior sample at a time. The predictive
/// distribution is the mean of the samples' class probabilities.
public struct ClassificationScores: Sendable {
  private let targets: [Int]
  private let classes: Int
  private var all: ClassificationSums
  private var groups: GroupedSums<ClassificationSums>?
  /// Of the sample that is being added: the log densities of the points, and the class probabilities.
  private var densities: [Double]
  private var terms: [Double]

  /// - Parameters:
  ///   - targets: The class of each point.
  ///   - groups: Of the samples that will be added, where `monteCarloErrors` are wanted. So many times more is kept.
  public init(targets: [Int], classes: Int, groups: JackknifeGroups? = nil) {
    precondition(!targets.isEmpty, "scores need at least one point")
    precondition(
      targets.allSatisfy { $0 >= 0 && $0 < classes }, "a target is not one of the \(classes) classes")
    self.targets = targets
    self.classes = classes
    let empty = ClassificationSums(points: targets.count, classes: classes)
    all = empty
    densities = Array(repeating: 0, count: targets.count)
    terms = Array(repeating: 0, count: targets.count * classes)
    self.groups = groups.map { GroupedSums($0, empty: empty) }
  }

  /// Adds the logits of one posterior sample, point after point.
  public mutating func add(logits: [Double]) {
    precondition(
      logits.count == targets.count * classes,
      "\(logits.count) logits for \(targets.count) points of \(classes) classes")
    for point in targets.indices {
      let start = point * classes
      let total = logSumExp(logits[start..<(start + classes)])
      densities[point] = logits[start + targets[point]] - total
      for i in start..<(start + classes) { terms[i] = exp(logits[i] - total) }
    }
    all.add(logDensities: densities, probabilities: terms)
    groups?.current.add(logDensities: densities, probabilities: terms)
    groups?.closeFullGroup()
  }

  /// The Monte Carlo standard errors of scores: their standard deviations under other posterior samples, with the same
  /// data, by the delete-a-group jackknife. The points share the samples, so their errors are not independent.
  ///
  /// - Parameter scores: Scores by name.
  /// - Returns: Nothing where there is one sample, or where no groups were asked for.
  public func monteCarloErrors<Name: Hashable>(of scores: (Self) -> [Name: Double]) -> [Name: Double] {
    guard let groups else { return [:] }
    return groups.standardErrors(of: scores(self)) { sums in
      var part = self
      (part.all, part.groups) = (sums, nil)
      return scores(part)
    }
  }

  /// log (1/S) sum_s p(y_i | x_i, w_s) of every point.
  public var logDensities: [Double] {
    let shift = log(Double(all.samples))
    return all.logLikelihood.map { $0.value - shift }
  }

  /// Log pointwise predictive density, mean over the points.
  public var lppd: Double {
    all.logLikelihood.reduce(0) { $0 + $1.value } / Double(targets.count) - log(Double(all.samples))
  }

  /// -log of the mean probability of the right class, mean over the points: the negative of `lppd`.
  public var negativeLogLikelihood: Double { -lppd }

  /// The standard error of `lppd` and `negativeLogLikelihood` over the points; nil for one point.
  public var lppdStandardError: Double? { Estimate.mean(logDensities).standardError }

  /// The part of the points whose most probable class is not the right one; ties go to the first class.
  public var errorRate: Double {
    let wrong = targets.indices.count { prediction($0).chosen != targets[$0] }
    return Double(wrong) / Double(targets.count)
  }

  /// The standard error of `errorRate` over the points, sqrt(e (1 - e) / (N - 1)); nil for one point.
  public var errorRateStandardError: Double? {
    let rate = errorRate
    return targets.count > 1 ? (rate * (1 - rate) / Double(targets.count - 1)).squareRoot() : nil
  }

  /// The multi-class score of Brier 1950, from 0 (right and sure) to 2 (wrong and sure), with its standard error over
  /// the points: (1/N) sum_i sum_c (p_ic - [c = y_i])^2.
  public var brierScore: Estimate {
    .mean(
      targets.indices.map { point in
        (0..<classes).reduce(0) { sum, chosen in
          let probability = all.probabilities[point * classes + chosen] / Double(all.samples)
          let difference = probability - (chosen == targets[point] ? 1 : 0)
          return sum + difference * difference
        }
      })
  }

  /// The confidence of the most probable class against the share of right choices.
  public func reliability(bins: Int = 15) -> ReliabilityDiagram {
    var diagram = ReliabilityDiagram(bins: bins)
    for point in targets.indices {
      let (chosen, probability) = prediction(point)
      diagram.add(confidence: probability, isRight: chosen == targets[point])
    }
    return diagram
  }

  /// Expected calibration error (Guo et al. 2017) with 15 equal-width bins of the confidence: sum over bins of
  /// (points in the bin / N) |accuracy - mean confidence|. NaN where a confidence is NaN. See `reliability` for the
  /// bins and the standard error.
  public var calibrationError: Double { reliability().expectedCalibrationError.value }

  private func prediction(_ point: Int) -> (chosen: Int, probability: Double) {
    let range = (point * classes)..<((point + 1) * classes)
    var chosen = range.lowerBound
    for i in range where all.probabilities[i] > all.probabilities[chosen] { chosen = i }
    return (chosen - range.lowerBound, all.probabilities[chosen] / Double(all.samples))
  }
}
