public import Probability
public import Tensors

/// A loss on a grid of a plane, with the path of the training that the plane was laid through.
public struct LossSurface: Hashable, Codable, Sendable {
  /// The grid's places along the first direction.
  public let xs: [Double]
  /// The grid's places along the second direction.
  public let ys: [Double]
  /// The loss at (xs[j], ys[i]) as `losses[i][j]`.
  public let losses: [[Double]]
  /// Where the iterates are in the plane.
  public let trajectory: [PlanePoint]
  /// The part of the path's squared length that lies along each direction.
  public let explainedVariance: [Double]
}

extension LossPlane {
  /// Even places along both directions that take in the whole path.
  ///
  /// - Parameters:
  ///   - points: Places along each direction, at least two.
  ///   - margin: Room on each side, as a part of the greater of the path's two extents.
  public func grid(points: Int, margin: Double = 0.25) -> (xs: [Double], ys: [Double]) {
    precondition(points >= 2, "a grid needs at least two places along a direction, got \(points)")
    func bounds(_ values: [Double]) -> (low: Double, high: Double) { (values.min() ?? 0, values.max() ?? 0) }
    let (x, y) = (bounds(trajectory.map(\.x)), bounds(trajectory.map(\.y)))
    let room = margin * max(x.high - x.low, y.high - y.low)
    func places(_ bounds: (low: Double, high: Double)) -> [Double] {
      let (low, high) = (bounds.low - room, bounds.high + room)
      return (0..<points).map { low + (high - low) * Double($0) / Double(points - 1) }
    }
    return (places(x), places(y))
  }

  /// Computes a loss at every place of a grid.
  ///
  /// - Parameter loss: Of parameters such as the iterates are.
  public func surface(
    xs: [Double], ys: [Double], loss: (Vector<Scalar>) throws -> Double
  ) rethrows -> LossSurface {
    let losses = try ys.map { y in try xs.map { x in try loss(parameters(at: PlanePoint(x: x, y: y))) } }
    return LossSurface(xs: xs, ys: ys, losses: losses, trajectory: trajectory, explainedVariance: explainedVariance)
  }
}

extension LossPlane where Scalar: DensityScalar {
  /// The mean negative log likelihood of a model on some data, for iterates that are point parameters: the weights, and
  /// then the likelihood's own.
  public func surface(
    xs: [Double], ys: [Double], model: BayesianModel, data: Examples<Scalar>
  ) -> LossSurface {
    precondition(
      origin.count == model.parameterCount,
      "a plane of \(origin.count) parameters is not one of a model with \(model.parameterCount)")
    let evaluation = Evaluation(samples: 1, key: RandomKey(seed: 0))
    return surface(xs: xs, ys: ys) { parameters in
      let predictive = MonteCarloPredictive(PointPosterior(parameters), model: model, blockRows: evaluation.blockRows)
      return -PredictiveQuality(of: predictive, data: data, evaluation: evaluation).lppd
    }
  }
}
