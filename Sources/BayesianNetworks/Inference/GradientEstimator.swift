import Probability
import Tensors

/// The posterior's parameters in memory. The scale is softplus(rho).
struct PosteriorPointer<Scalar: DensityScalar> {
  var mean: UnsafePointer<Scalar>
  var rho: UnsafePointer<Scalar>
  var scale: UnsafePointer<Scalar>
}

/// What an estimator is given for one step.
struct EstimatorStep<Scalar: DensityScalar> {
  var posterior: PosteriorPointer<Scalar>
  var inputs: UnsafePointer<Scalar>
  var targets: TargetPointer<Scalar>
  var rows: Int
  var samples: Int
  /// The noise scale of a Gaussian likelihood.
  var noise: Double?
  /// The weight of a sampled complexity; nil when it is computed in closed form.
  var complexityWeight: Double?
  var key: RandomKey
  var meanGradient: UnsafeMutablePointer<Scalar>
  var scaleGradient: UnsafeMutablePointer<Scalar>
}

/// What an estimator finds: averages over the samples.
struct EstimatorResult {
  /// The negative log likelihood of the minibatch.
  var value = 0.0
  var logNoiseDerivative = 0.0
  /// The sampled complexity, where the estimator samples weights and was asked for it.
  var complexity = 0.0
}

/// A way to estimate the gradient of the expected log likelihood. Writes the gradients with respect to means and
/// scales; what was there before does not matter.
protocol GradientEstimator<Scalar>: AnyObject {
  associatedtype Scalar: DensityScalar
  /// Whether weights are sampled, and a sampled complexity is computed from them.
  var samplesWeights: Bool { get }
  func run(_ step: EstimatorStep<Scalar>) -> EstimatorResult
}
