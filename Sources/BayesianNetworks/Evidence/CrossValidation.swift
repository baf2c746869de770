public import Probability
public import Tensors

/// k-fold cross-validation of any model: trains k times, each time without one fold, and scores that fold.
public struct CrossValidation: Hashable, Sendable {
  /// The rows of each fold; every row is in one fold.
  public let folds: [[Int]]
  /// N, the number of rows.
  public let count: Int

  /// - Parameter folds: Each row 0 ..< N once; at least two folds, none of them empty.
  public init(folds: [[Int]]) {
    let rows = folds.flatMap(\.self)
    precondition(
      folds.count >= 2 && !folds.contains(where: \.isEmpty), "cross-validation needs two folds that hold rows")
    precondition(rows.sorted() == Array(0..<rows.count), "the folds must hold each of \(rows.count) rows once")
    self.folds = folds
    count = rows.count
  }

  /// k folds of equal size, or of two sizes that differ by one.
  ///
  /// - Parameter key: Shuffles the rows; without it the folds are successive rows.
  public init(count: Int, folds k: Int, key: RandomKey? = nil) {
    precondition(k >= 2 && k <= count, "\(count) rows cannot be \(k) folds")
    let order = key?.permutation(count) ?? Array(0..<count)
    self.init(folds: (0..<k).map { Array(order[($0 * count / k)..<(($0 + 1) * count / k)]) })
  }

  /// Every row is a fold.
  public static func leaveOneOut(count: Int) -> CrossValidation { CrossValidation(count: count, folds: count) }

  /// The rows outside a fold, in increasing order.
  public func training(_ fold: Int) -> [Int] {
    let heldOut = Set(folds[fold])
    return (0..<count).filter { !heldOut.contains($0) }
  }

  /// Runs the folds in their order.
  ///
  /// - Parameter predict: Trains on the first rows and gives log p(y_i) of the second rows under the predictive
  ///   distribution, in their order.
  public func score(
    _ predict: (_ training: [Int], _ heldOut: [Int]) throws -> [Double]
  ) rethrows -> Score {
    try run { training, heldOut in
      ExpectedLogDensity(pointwise: try predict(training, heldOut), monteCarloError: 0)
    }
  }

  /// Like the other form, with the log likelihoods of the held-out rows under posterior samples; the Monte-Carlo error
  /// of the score is known then.
  public func score(
    _ predict: (_ training: [Int], _ heldOut: [Int]) throws -> PointwiseLogLikelihood
  ) rethrows -> Score {
    try run { try predict($0, $1).predictive }
  }

  private func run(_ predict: ([Int], [Int]) throws -> ExpectedLogDensity) rethrows -> Score {
    var pointwise = Array(repeating: 0.0, count: count)
    var totals: [Estimate] = []
    for (fold, heldOut) in folds.enumerated() {
      let density = try predict(training(fold), heldOut)
      precondition(
        density.pointwise.count == heldOut.count,
        "\(density.pointwise.count) log densities for the \(heldOut.count) rows of fold \(fold)")
      for (row, value) in zip(heldOut, density.pointwise) { pointwise[row] = value }
      totals.append(Estimate(density.pointwise.reduce(0, +), standardError: density.monteCarloError))
    }
    // The folds' samples are independent of each other.
    return Score(
      folds: totals, means: zip(totals, folds).map { $0.value / Double($1.count) },
      density: ExpectedLogDensity(pointwise: pointwise, monteCarloError: Estimate.total(totals).standardError))
  }

  public struct Score: Hashable, Sendable {
    /// sum of log p(y_i | the other folds) over each fold, with its Monte-Carlo standard error.
    public let folds: [Estimate]
    /// The same as means over the rows of each fold.
    let means: [Double]
    /// log p(y_i | the other folds) in the order of the rows.
    public let density: ExpectedLogDensity

    /// Q = (1/k) sum_q k log p(y_q | the other folds): the sum over all rows, with the standard error over the folds.
    public var quality: Estimate {
      .mean(folds.map { Double(folds.count) * $0.value })
    }

    /// The mean over the folds of a row's mean log density, with the standard error over the folds.
    public var mean: Estimate { .mean(means) }
  }
}
