public import Tensors

/// Encoded points with their outcomes, large when good, on the standardised scale.
public struct Observations: Sendable {
  /// n x D, NaN where a coordinate does not exist.
  public let points: Matrix<Double>
  public let outcomes: [Double]
  /// Known variances of the outcomes, for example squared standard errors over folds and seeds; 0 where nothing is known.
  public let noise: [Double]

  public init(points: Matrix<Double>, outcomes: [Double], noise: [Double]? = nil) {
    precondition(
      points.rows == outcomes.count && noise?.count ?? outcomes.count == outcomes.count,
      "\(points.rows) points need as many outcomes and variances")
    self.points = points
    self.outcomes = outcomes
    self.noise = noise ?? outcomes.map { _ in 0 }
  }

  public var count: Int { outcomes.count }

  public func selecting(_ indices: [Int]) -> Observations {
    Observations(
      points: points.selecting(rows: indices), outcomes: indices.map { outcomes[$0] }, noise: indices.map { noise[$0] })
  }

  /// The observations whose outcomes are finite, with variances that are finite and not negative.
  var usable: Observations {
    let good = outcomes.indices.filter { outcomes[$0].isFinite }
    let kept = good.count == count ? self : selecting(good)
    if kept.noise.allSatisfy({ $0 >= 0 && $0.isFinite }) { return kept }
    return Observations(
      points: kept.points, outcomes: kept.outcomes, noise: kept.noise.map { $0 >= 0 && $0.isFinite ? $0 : 0 })
  }

  /// The number of coordinates that a point has, on average.
  var meanDimension: Double {
    guard count > 0 else { return Double(points.columns) }
    let present = withExtendedLifetime(points) {
      (0..<(count * points.columns)).count { !points.unsafePointer[$0].isNaN }
    }
    return Double(present) / Double(count)
  }
}
