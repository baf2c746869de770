/// A Gaussian prior around 0 in the form that exact linear models take: weights w_i = scales_i v_i with
/// v ~ N(0, I / precision). A feature is multiplied by the scale of its weight.
public struct GaussianWeightScales: Hashable, Sendable {
  public let precision: Double
  /// One for each weight.
  public let scales: [Double]

  /// - Returns: nil for a prior that is no Gaussian around 0.
  public init?(_ prior: any Prior, count: Int) {
    switch prior {
    case let prior as GaussianPrior where prior.mean == 0:
      precision = 1 / (prior.scale * prior.scale)
      scales = Array(repeating: 1, count: count)
    case let prior as GroupedGaussianPrior where prior.count == count:
      precision = 1
      scales = prior.groups.flatMap { Array(repeating: $0.scale, count: $0.count) }
    default: return nil
    }
  }
}
