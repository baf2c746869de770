public import Probability
public import Tensors

/// Hyperparameter weight averaging ("HWA: averaging hyperparameters in Bayesian neural networks leads to better
/// generalization", eq. 4 and algorithm 1): averages the means mu and the variances of a diagonal Gaussian posterior along
/// its training. The parameters are [means (n), rhos (n), the likelihood's], with sigma = softplus(rho).
///
/// Printed, with m the number of models so far:
///
///     mu' = (m mu' + mu) / (m + 1);   sigma' = (m sigma' + mu^2) / (m + 1) - mu'^2
///
/// which subtracts the squared mean anew in every update from what is the variance already, and leaves the trained sigma
/// out: for a constant mu = 1 it gives -4.5 after 9 updates. The corrected form keeps the spread of the means apart, and
/// adds to it the average of the trained variances (the law of total variance of the mixture of the collected
/// posteriors):
///
///     variance = mean of (mu - mu')^2 + mean of sigma^2
///
/// Buffers: the means' mean (n), their mean squared deviation, or the printed sigma' (n), the mean of sigma^2 (n), the mean
/// of the likelihood's parameters.
public struct HWA: IterateCollector, Hashable {
  public enum Form: String, Hashable, Sendable, CaseIterable {
    case corrected
    /// As printed, for comparison alone: its variances may be negative.
    case printed
  }

  public var times: CollectionTimes
  /// n
  public var weights: Int
  public var form: Form

  public init(_ times: CollectionTimes, weights: Int, form: Form = .corrected) {
    precondition(weights >= 1, "there must be at least one weight, got \(weights)")
    self.times = times
    self.weights = weights
    self.form = form
  }

  public func initialBuffers<Scalar: TensorScalar>(count: Int) -> [Vector<Scalar>] {
    precondition(count >= 2 * weights, "\(count) parameters do not hold the means and rhos of \(weights) weights")
    return [weights, weights, weights, count - 2 * weights].map { Vector(count: $0) }
  }

  public func isDue(after number: Int, of total: Int) -> Bool { times.isDue(after: number) }

  public func collect<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, count: Int, into collected: inout CollectedIterates<Scalar>
  ) {
    defer { withExtendedLifetime(collected) {} }
    let weight = 1 / Scalar(collected.count + 1)
    let mean = collected.buffers[0].unsafeMutablePointer()
    let spread = collected.buffers[1].unsafeMutablePointer()
    switch form {
    case .corrected: Scalar.runningMoments(parameters, mean: mean, variance: spread, weight: weight, count: weights)
    case .printed: collectPrinted(parameters, mean: mean, spread: spread, weight: weight)
    }
    let variances = collected.buffers[2].unsafeMutablePointer()
    let block = 2048
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: block) { memory in
      let scratch = memory.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: weights, by: block) {
        let n = min(block, weights - start)
        Scalar.softplus(parameters + weights + start, into: scratch, count: n)
        Scalar.square(scratch, into: scratch, count: n)
        Scalar.runningMean(scratch, mean: variances + start, weight: weight, count: n)
      }
    }
    Scalar.runningMean(
      parameters + 2 * weights, mean: collected.buffers[3].unsafeMutablePointer(), weight: weight,
      count: count - 2 * weights)
    collected.count += 1
  }

  private func collectPrinted<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, mean: UnsafeMutablePointer<Scalar>, spread: UnsafeMutablePointer<Scalar>,
    weight: Scalar
  ) {
    Scalar.runningMean(parameters, mean: mean, weight: weight, count: weights)
    Scalar.scale(spread, by: 1 - weight, count: weights)
    Scalar.multiplyAdd(weight, parameters, parameters, spread, count: weights)
    Scalar.multiplyAdd(-1, mean, mean, spread, count: weights)
  }

  /// The variance of each weight: never negative in the corrected form.
  public func variance<Scalar: TensorScalar>(_ collected: CollectedIterates<Scalar>) -> Vector<Scalar> {
    var result = collected.buffers[1]
    guard form == .corrected else { return result }
    let base = result.unsafeMutablePointer()
    withExtendedLifetime(collected) {
      Scalar.axpy(1, collected.buffers[2].unsafePointer, base, count: weights)
    }
    return result
  }

  /// The averaged posterior; nil before the first iterate. Variances below 1e-16, which the printed form has, are taken for
  /// 1e-16.
  public func posterior<Scalar: DensityScalar>(
    _ collected: CollectedIterates<Scalar>
  ) -> VariationalPosterior<Scalar>? {
    guard collected.count > 0 else { return nil }
    var rho = variance(collected)
    let base = rho.unsafeMutablePointer()
    for i in 0..<weights where !(base[i] >= 1e-16) { base[i] = 1e-16 }
    Scalar.sqrt(base, into: base, count: weights)
    Scalar.inverseSoftplus(base, into: base, count: weights)
    return VariationalPosterior(DiagonalGaussian(mean: collected.buffers[0], rho: rho), tail: collected.buffers[3])
  }
}
