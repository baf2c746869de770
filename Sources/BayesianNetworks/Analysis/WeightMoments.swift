public import Probability
public import Tensors

/// Mean and standard deviation of every weight under a posterior.
public struct WeightMoments<Scalar: DensityScalar>: Sendable {
  public let mean: Vector<Scalar>
  public let scale: Vector<Scalar>
  /// The mean with the likelihood's own parameters after it.
  public let point: Vector<Scalar>
}

extension Posterior {
  /// The moments where the posterior has them in closed form; nil otherwise.
  public func weightMoments(of model: BayesianModel) -> WeightMoments<Scalar>? {
    let count = model.network.parameterCount
    switch self {
    case let posterior as VariationalPosterior<Scalar>:
      let weights = posterior.weights
      return WeightMoments(
        mean: weights.mean, scale: weights.scale, point: Vector(weights.mean.array + posterior.tail.array))
    case let posterior as LowRankPlusDiagonal<Scalar>:
      return WeightMoments(
        mean: posterior.mean[0..<count], scale: posterior.marginalScales(count: count), point: posterior.mean)
    case let posterior as LaplacePosterior<Scalar>:
      let variances = posterior.variances
      // Weights outside the scope have none.
      var scales = Vector<Scalar>(count: count)
      let start = count - variances.count
      for (index, variance) in variances.enumerated() { scales[start + index] = Scalar(variance.squareRoot()) }
      return WeightMoments(mean: posterior.mode[0..<count], scale: scales, point: posterior.mode)
    case let posterior as LinearizedPosterior<Scalar>: return posterior.laplace.weightMoments(of: model)
    case let posterior as RadialPosterior<Scalar>:
      // A direction has length 1: each of its d numbers has variance 1 / d.
      var scale = posterior.scale
      let base = scale.unsafeMutablePointer()
      for region in posterior.regions {
        Scalar.scale(base + region.lowerBound, by: Scalar(1 / Double(region.count).squareRoot()), count: region.count)
      }
      return WeightMoments(
        mean: posterior.weights.mean, scale: scale, point: Vector(posterior.weights.mean.array + posterior.tail.array))

    default: return nil
    }
  }
}

extension LowRankPlusDiagonal {
  /// sqrt((variance + |row of D|^2 / (K - 1)) / 2) of the first numbers.
  fileprivate func marginalScales(count: Int) -> Vector<Scalar> {
    var result = variance[0..<count]
    let base = result.unsafeMutablePointer()
    let share = Scalar(1 / Double(deviations.count - 1))
    for deviation in deviations {
      Scalar.multiplyAdd(share, deviation.unsafePointer, deviation.unsafePointer, base, count: count)
    }
    for i in 0..<count { base[i] = (base[i] / 2).squareRoot() }
    return result
  }
}
