public import Probability
public import Tensors

/// What a network still predicts when more and more of its weights are pruned (Blundell et al. 2015, figure 5 and
/// table 2): with the mean weights, and with samples of the pruned posterior.
public struct PruningCurve: Hashable, Codable, Sendable {
  public struct Point: Hashable, Codable, Sendable {
    /// The fraction of all weights that was asked for.
    public var fraction: Double
    /// Weights that are pruned.
    public var pruned: Int
    /// The greatest signal-to-noise ratio among them; nil where nothing is pruned, or where it is infinite.
    public var signalToNoise: Double?
    /// Graves's ratio of that weight: all pruned weights have this one or a greater one.
    public var gravesRatio: Double?
    /// The pruned weights of each layer.
    public var layers: [PruningMask.LayerShare]
    /// With the mean weights.
    public var mean: PredictiveQuality
    /// With posterior samples.
    public var sampled: PredictiveQuality
  }

  public let points: [Point]
  /// Posterior samples of `Point.sampled`.
  public let samples: Int
}

extension Pruning {
  /// Prunes a fraction of all weights and scores what is left on some data.
  ///
  /// - Parameters:
  ///   - mean: The posterior's mean point parameters.
  ///   - evaluation: The samples of the posterior, and their key: all fractions have the same ones.
  public func point<Scalar: DensityScalar>(
    fraction: Double, of posterior: any Posterior<Scalar>, mean: Vector<Scalar>, model: BayesianModel,
    data: Examples<Scalar>, evaluation: Evaluation
  ) -> PruningCurve.Point {
    precondition(model.network == network, "the model has another network than the one that is pruned")
    let mask = mask(fraction: fraction)
    func quality(_ posterior: any Posterior<Scalar>) -> PredictiveQuality {
      let pruned = PrunedPosterior(posterior, mask: mask)
      return PredictiveQuality(
        of: MonteCarloPredictive(pruned, model: model, blockRows: evaluation.blockRows), data: data,
        evaluation: evaluation)
    }
    let threshold = largestPruned(mask).flatMap { $0.isFinite ? $0 : nil }
    return PruningCurve.Point(
      fraction: fraction, pruned: mask.count, signalToNoise: threshold,
      gravesRatio: threshold.map { Self.gravesRatio(signalToNoise: $0) }, layers: mask.layers,
      mean: quality(PointPosterior(mean)), sampled: quality(posterior))
  }

  /// `point` for each fraction, each from the whole network.
  public func curve<Scalar: DensityScalar>(
    fractions: [Double], of posterior: any Posterior<Scalar>, mean: Vector<Scalar>, model: BayesianModel,
    data: Examples<Scalar>, evaluation: Evaluation
  ) -> PruningCurve {
    let points = fractions.map {
      point(fraction: $0, of: posterior, mean: mean, model: model, data: data, evaluation: evaluation)
    }
    return PruningCurve(
      points: points, samples: MonteCarloPredictive(posterior, model: model).drawn(evaluation.samples))
  }
}
