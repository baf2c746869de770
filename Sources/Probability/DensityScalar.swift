public import Tensors

/// A tensor scalar that has compiled kernels for densities and likelihoods over buffers.
///
/// A kernel with a `gradient` adds `weight` times the derivative to it, and computes the value alone without one.
public protocol DensityScalar: TensorScalar {
  // MARK: Log densities of independent weights

  /// The sum of log N(x; mean, scale^2).
  static func gaussianLogDensity(
    _ x: UnsafePointer<Self>, count: Int, mean: Double, scale: Double, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double
  /// The sum of log Laplace(x; 0, scale).
  static func laplaceLogDensity(
    _ x: UnsafePointer<Self>, count: Int, scale: Double, gradient: UnsafeMutablePointer<Self>?, weight: Double
  ) -> Double
  /// The sum of log [pi N(x; 0, wide^2) + (1 - pi) N(x; 0, narrow^2)], through logsumexp.
  static func scaleMixtureLogDensity(
    _ x: UnsafePointer<Self>, count: Int, mixture: GaussianScaleMixture, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double

  // MARK: Divergences of independent Gaussians from a prior

  /// The sum of KL[N(mean, scale^2) || N(priorMean, priorScale^2)].
  static func gaussianDivergence(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, count: Int, priorMean: Double, priorScale: Double,
    gradient: (mean: UnsafeMutablePointer<Self>, scale: UnsafeMutablePointer<Self>)?, weight: Double
  ) -> Double
  /// The sum of KL[N(mean, scale^2) || Laplace(0, priorScale)].
  static func laplaceDivergence(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, count: Int, priorScale: Double,
    gradient: (mean: UnsafeMutablePointer<Self>, scale: UnsafeMutablePointer<Self>)?, weight: Double
  ) -> Double
  /// gradient -= weight / scale: the derivative of -log scale, which is all that log q(w) of a reparameterised
  /// Gaussian sample has.
  static func entropyGradient(
    scale: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, weight: Double, count: Int)

  // MARK: Gradients of Gaussian posteriors to mean and rho, scale = softplus(rho), in one pass

  /// The gradient from one sample w = mean + scale * noise. It is that of the network, g, and that of the sampled
  /// complexity: precision * (w - priorMean) for a Gaussian prior, whose precision has the complexity's weight in it (0
  /// where g has the prior's part already), and -entropy / scale for the scale.
  static func sampledGaussianGradient(
    _ g: UnsafePointer<Self>, sample w: UnsafePointer<Self>, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    prior: (mean: Self, precision: Self), entropy: Self, mean toMean: UnsafeMutablePointer<Self>,
    rho toRho: UnsafeMutablePointer<Self>, count: Int)
  /// The same from two samples.
  static func sampledGaussianGradient(
    _ g: (UnsafePointer<Self>, UnsafePointer<Self>), samples w: (UnsafePointer<Self>, UnsafePointer<Self>),
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, prior: (mean: Self, precision: Self), entropy: Self,
    mean toMean: UnsafeMutablePointer<Self>, rho toRho: UnsafeMutablePointer<Self>, count: Int)
  /// The gradient from the scales or the variances, g, and `weight` times that of the divergence from a Gaussian prior.
  /// The gradient to the mean is added, or written where it is to be overwritten; that to rho is written.
  static func gaussianDivergenceGradient(
    _ g: UnsafePointer<Self>, isOfVariance: Bool, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    prior: (mean: Self, precision: Self), weight: Self, mean toMean: UnsafeMutablePointer<Self>, overwrite: Bool,
    rho toRho: UnsafeMutablePointer<Self>, count: Int)

  // MARK: Likelihoods of a network's outputs

  /// The sum of (output - target)^2; with a gradient, gradient = weight * (output - target).
  static func squaredResiduals(
    outputs: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int, gradient: UnsafeMutablePointer<Self>?,
    weight: Double
  ) -> Double
  /// The sum of -log softmax(logits)[class] over the rows; with a gradient, gradient = weight * (softmax - one-hot).
  static func crossEntropy(
    logits: UnsafePointer<Self>, classes: UnsafePointer<Int32>, rows: Int, columns: Int,
    gradient: UnsafeMutablePointer<Self>?, weight: Double
  ) -> Double
}

extension DensityScalar {
  /// exp(-x) for x >= 0, and exp(-80) beyond 80: for terms that are added to 1 or compared with it. The processor is slow
  /// with subnormal numbers, which most weights of a trained network would give.
  @inline(__always)
  static func boundedExp(_ x: Self) -> Self { exp(x < 80 ? -x : -80) }
}

extension Float: DensityScalar {}
extension Double: DensityScalar {}
