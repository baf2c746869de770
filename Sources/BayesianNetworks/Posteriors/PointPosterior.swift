public import Probability
public import Tensors

/// All mass on one vector of parameters: maximum likelihood, a posterior mode, an average of iterates.
public struct PointPosterior<Scalar: DensityScalar>: Posterior, Equatable {
  public var parameters: Vector<Scalar>

  public init(_ parameters: Vector<Scalar>) {
    self.parameters = parameters
  }

  public var count: Int { parameters.count }
  public var distinctSamples: Int? { 1 }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    withExtendedLifetime(parameters) { Scalar.copy(parameters.unsafePointer, into: weights, count: count) }
  }
}
