/// What the scores of a classification keep of the posterior samples. It does not grow with their number.
struct ClassificationSums: SampleSums {
  private(set) var samples = 0
  /// The sum of the class probabilities, point after point.
  private(set) var probabilities: [Double]
  /// log sum_s p(y_i | x_i, w_s) of each point.
  private(set) var logLikelihood: [RunningLogSumExp]

  init(points: Int, classes: Int) {
    probabilities = Array(repeating: 0, count: points * classes)
    logLikelihood = Array(repeating: RunningLogSumExp(), count: points)
  }

  /// Adds a sample.
  ///
  /// - Parameters:
  ///   - logDensities: log p(y_i | x_i, w_s) of each point.
  ///   - terms: The class probabilities, point after point.
  mutating func add(logDensities: [Double], probabilities terms: [Double]) {
    samples += 1
    for point in logLikelihood.indices { logLikelihood[point].add(logDensities[point]) }
    probabilities.add(terms)
  }

  mutating func join(_ other: Self) {
    samples += other.samples
    for point in logLikelihood.indices { logLikelihood[point].add(other.logLikelihood[point].value) }
    probabilities.add(other.probabilities)
  }
}
