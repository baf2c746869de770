/// Why there is no Laplace approximation.
public enum LaplaceError: Error, Hashable, Sendable {
  /// The full curvature has count x count numbers.
  case tooManyParameters(count: Int, limit: Int)
  /// The prior's log density has no second derivative at the mode.
  case priorWithoutCurvature(prior: String)
  /// The Kronecker-factored curvature takes one prior precision a layer.
  case priorVariesWithinLayer(prior: String)
  /// A number of the curvature is NaN or infinite.
  case notFinite(place: String)
  /// Curvature plus prior precision is no precision of a Gaussian.
  case notPositiveDefinite(place: String)
  case cannotTune(reason: String)
}

extension LaplaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooManyParameters(let count, let limit):
      "the full curvature of \(count) parameters has \(count) x \(count) numbers, and the limit is \(limit) "
        + "parameters: use the Kronecker-factored or diagonal curvature, or the last layer alone, or raise the limit"
    case .priorWithoutCurvature(let prior):
      "the prior \(prior) has no second derivative, which Laplace's approximation needs: use a Gaussian prior"
    case .priorVariesWithinLayer(let prior):
      "the curvature of the prior \(prior) differs from weight to weight, and the Kronecker-factored curvature needs "
        + "one for each layer: use the full or diagonal curvature, or a Gaussian prior"
    case .notFinite(let place):
      "the curvature is not finite in \(place): the parameters are too large or the training has diverged"
    case .notPositiveDefinite(let place):
      "curvature plus prior precision is not positive definite (\(place)), so there is no Gaussian here: train to "
        + "a minimum, use the generalised Gauss-Newton matrix and not the Hessian, or a narrower Gaussian prior"
    case .cannotTune(let reason):
      "the marginal likelihood cannot choose hyperparameters: \(reason)"
    }
  }
}
