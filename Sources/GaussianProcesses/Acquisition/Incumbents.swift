import Foundation
package import Tensors

/// The observed points that may be the best, and the best mean among them.
package struct Incumbents {
  /// Numbers of observations, those that are most often the best first.
  package var indices: [Int]
  /// The largest posterior mean of the latent function at an observed point.
  package var bestMean: Double
  /// The largest posterior variance at one of `indices`.
  package var largestVariance: Double

  /// Of more than this many observations, only those with the largest outcomes are looked at, and of these only those
  /// with the largest means.
  private static let considered = (byOutcome: 512, byMean: 128)
  private static let draws = 256

  /// - Parameters:
  ///   - limit: The number of points to keep; points that are never the best in 256 draws of the joint posterior are
  ///     dropped.
  package init(_ process: GaussianProcess, limit: Int, key: RandomKey) {
    indices = []
    bestMean = process.mean
    largestVariance = 0
    guard process.count > 0 else { return }
    let outcomes = process.outcomes
    let byOutcome = Array(
      outcomes.indices.sorted { (outcomes[$0], -$0) > (outcomes[$1], -$1) }.prefix(Self.considered.byOutcome))
    let means = process.posteriorMean(at: process.points.selecting(rows: byOutcome))
    let ranked = byOutcome.indices.sorted { (means[$0], -$0) > (means[$1], -$1) }.prefix(Self.considered.byMean)
      .map { byOutcome[$0] }
    let posterior = process.posterior(at: process.points.selecting(rows: ranked))
    bestMean = posterior.mean.max() ?? process.mean
    // Points whose mean is 4 deviations of the difference below the best are not worth a draw.
    guard let top = ranked.indices.max(by: { posterior.mean[$0] < posterior.mean[$1] }) else { return }
    let promising = ranked.indices.filter {
      let deviation = (posterior.variance[$0] + posterior.variance[top]).squareRoot()
      return $0 == top || posterior.mean[$0] + 4 * deviation >= bestMean
    }
    let kept = Array(
      promising.sorted {
        let (a, b) = (Self.upper(posterior, $0), Self.upper(posterior, $1))
        return (a, -$0) > (b, -$1)
      }.prefix(max(1, 2 * limit)))
    let joint = process.jointPosterior(at: process.points.selecting(rows: kept.map { ranked[$0] }))
    let normals = Matrix(
      Vector<Double>.normal(key, count: Self.draws * kept.count), rows: Self.draws, columns: kept.count)
    let samples = JointSamples.draw(mean: joint.mean, covariance: joint.covariance, normals: normals)
    var wins = Array(repeating: 0, count: kept.count)
    for draw in 0..<Self.draws {
      var winner = 0
      for i in kept.indices where samples[draw, i] > samples[draw, winner] { winner = i }
      wins[winner] += 1
    }
    let winners = kept.indices.filter { wins[$0] > 0 }.sorted { (wins[$0], -$0) > (wins[$1], -$1) }.prefix(limit)
    indices = winners.map { ranked[kept[$0]] }
    largestVariance = winners.map { posterior.variance[kept[$0]] }.max() ?? 0
  }

  private static func upper(_ posterior: Posterior, _ index: Int) -> Double {
    posterior.mean[index] + 2 * posterior.variance[index].squareRoot()
  }
}
