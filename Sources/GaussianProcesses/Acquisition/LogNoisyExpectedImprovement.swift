import Foundation
public import Tensors

/// log expected improvement where the best value so far is uncertain, because outcomes are noisy and trials are still
/// running: the expectation is also over the values at the pending points and at the observed points that may be the
/// best (Letham et al. 2019, "Constrained Bayesian optimization with noisy experiments", eq. 5; the logarithm as by
/// Ament et al. 2023).
///
/// Sets of these values are drawn from their joint posterior by quasi-Monte Carlo; given a set, the process is
/// conditioned on it without noise, the incumbent is its maximum, and expected improvement has its closed form. The
/// value is the logarithm of the mean over the sets, and its gradient is exact for these sets. Without noise and
/// pending points it is `LogExpectedImprovement`.
///
/// A batch is proposed one point after the other, each with those before it as pending.
public struct LogNoisyExpectedImprovement: AcquisitionFunction {
  /// One posterior for every set.
  public let process: FantasizedProcess
  /// The value to improve on in every set.
  public let best: [Double]

  /// - Parameters:
  ///   - pending: Points without an outcome yet, one in a row.
  ///   - uniforms: Points of a low-discrepancy sequence in [0, 1)^k, one in a row for each set, 64 say. The first
  ///     coordinates are used where k is larger than the number of uncertain values; where it is smaller, independent
  ///     numbers are drawn for the rest.
  ///   - incumbents: The largest number of observed points whose values are uncertain.
  ///   - key: For the choice of these points, and for numbers that `uniforms` lacks.
  public init(
    _ process: GaussianProcess, pending: Matrix<Double>, uniforms: Matrix<Double>, incumbents limit: Int = 32,
    key: RandomKey
  ) {
    let incumbents = Incumbents(process, limit: limit, key: key.folded(0))
    // Where noise is negligible the values are known, and conditioning on them again would only add rounding errors.
    let isNoisy = incumbents.largestVariance > 1e-6 * process.signalVariance
    let observed = isNoisy ? incumbents.indices : []
    let sets = uniforms.rows
    let normals = Matrix.normals(from: uniforms, columns: pending.rows + observed.count, key: key.folded(1))
    let attempts = [(pending, observed), (pending, []), (Matrix<Double>(rows: 0, columns: pending.columns), [])]
    for (pending, observed) in attempts where pending.rows + observed.count > 0 && sets > 0 {
      let points = pending.stacked(on: process.points.selecting(rows: observed))
      let joint = process.jointPosterior(at: points)
      let values = JointSamples.draw(mean: joint.mean, covariance: joint.covariance, normals: normals)
      let noise = Array(repeating: 0.0, count: points.rows)
      guard let fantasized = try? process.fantasized(at: points, outcomes: values, noise: noise) else { continue }
      self.process = fantasized
      best = (0..<sets).map { set in
        let drawn = (0..<points.rows).map { values[set, $0] }.max() ?? -.infinity
        return observed.isEmpty && process.count > 0 ? max(drawn, incumbents.bestMean) : drawn
      }
      return
    }
    self.process = process.fantasized
    best = [incumbents.bestMean]
  }

  public func values(at points: Matrix<Double>) -> [Double] {
    let (means, variance) = process.posterior(at: points)
    let sets = best.count
    var terms = Array(repeating: 0.0, count: sets)
    return withExtendedLifetime(means) {
      variance.indices.map { point in
        let deviation = max(variance[point], smallestVariance).squareRoot()
        let row = means.unsafePointer + point * sets
        for set in 0..<sets { terms[set] = NormalTails.logImprovement((row[set] - best[set]) / deviation).value }
        return log(deviation) + Self.logMeanExp(&terms)
      }
    }
  }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    let sets = best.count
    var terms = Array(repeating: 0.0, count: sets)
    var slopes = Array(repeating: 0.0, count: sets)
    return process.valueAndGradients(at: points) { _, means, variance, meanSlopes in
      let deviation = max(variance, smallestVariance).squareRoot()
      for set in 0..<sets {
        let term = LogExpectedImprovement.value(mean: means[set], standardDeviation: deviation, best: best[set])
        (terms[set], meanSlopes[set], slopes[set]) = term
      }
      let value = Self.logMeanExp(&terms)
      // The gradient of a mean's logarithm: the terms' own, weighted by their shares, which `logMeanExp` leaves.
      var deviationSlope = 0.0
      for set in 0..<sets {
        meanSlopes[set] *= terms[set]
        deviationSlope += terms[set] * slopes[set]
      }
      return (value, variance > smallestVariance ? deviationSlope / (2 * deviation) : 0)
    }
  }

  /// log of the mean of exp(terms). Leaves the terms' shares in the sum.
  private static func logMeanExp(_ terms: inout [Double]) -> Double {
    var largest = -Double.infinity
    for term in terms { largest = max(largest, term) }
    guard largest.isFinite else { return largest }
    var sum = 0.0
    for i in terms.indices {
      terms[i] = exp(terms[i] - largest)
      sum += terms[i]
    }
    for i in terms.indices { terms[i] /= sum }
    return largest + log(sum / Double(terms.count))
  }
}

extension Matrix {
  /// These rows, and below them the others.
  package func stacked(on others: Matrix) -> Matrix {
    precondition(columns == others.columns, "rows of \(columns) and of \(others.columns) numbers make no matrix")
    return Matrix(elements.array + others.elements.array, rows: rows + others.rows, columns: columns)
  }
}
