/// Why a Gaussian process cannot be conditioned.
public enum GaussianProcessError: Error, Hashable, CustomStringConvertible {
  /// The covariance of `count` observations has no Cholesky factor, even with the largest jitter, `jitter` times the
  /// mean of its diagonal.
  case notPositiveDefinite(count: Int, jitter: Double)
  /// An outcome, a noise variance or a hyperparameter is not finite, or a variance is negative.
  case invalidNumber(String)

  public var description: String {
    switch self {
    case .notPositiveDefinite(let count, let jitter):
      "the covariance of \(count) observations is not positive definite, even with \(jitter) of its mean diagonal added"
    case .invalidNumber(let what): "\(what) is not a number that a Gaussian process can use"
    }
  }
}
