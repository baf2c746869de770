public import Autodiff
public import Probability
public import Tensors

/// A prior over the weights, independent for every weight and bias: one distribution for all of them, or one for each
/// group of weights.
///
/// The methods go over a buffer in one pass. With a gradient they add `weight` times the derivative to it.
public protocol Prior: Sendable {
  /// log p(w), summed over the weights.
  func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double

  /// log p(w), summed over the weights, as an expression: what derivatives of any order follow from.
  func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar>

  /// Whether all weights have the same distribution.
  var isUniform: Bool { get }

  /// The prior of the weights of a range, which are counted from its start; the prior itself where all weights have the
  /// same distribution.
  func restricted(to range: Range<Int>) -> any Prior

  /// Writes a draw of so many weights.
  func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int)

  /// Whether KL[q || p] of a Gaussian q has a closed form here.
  var hasClosedDivergence: Bool { get }

  /// KL[N(mean, scale^2) || p], summed over the weights. Called only where there is a closed form.
  func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double

  /// KL[N(mean, scale^2) || p] as an expression. Called only where there is a closed form.
  func divergence<Scalar: TensorScalar>(mean: Variable<Scalar>, scale: Variable<Scalar>) -> Variable<Scalar>
}

extension Prior {
  public var isUniform: Bool { true }

  public func restricted(to range: Range<Int>) -> any Prior { self }

  public var hasClosedDivergence: Bool { false }

  public func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double {
    preconditionFailure("\(self) has no divergence in closed form")
  }
  public func divergence<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>
  ) -> Variable<Scalar> {
    preconditionFailure("\(self) has no divergence in closed form")
  }
}
