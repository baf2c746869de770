public import Probability
public import Tensors

/// Laplace's approximation that predicts by the Gaussian over the outputs of the linearised network. Its samples of
/// weights are those of `laplace`.
public struct LinearizedPosterior<Scalar: DensityScalar>: DensityPosterior, EvidencePosterior, OutputPosterior {
  public let laplace: LaplacePosterior<Scalar>

  public init(_ laplace: LaplacePosterior<Scalar>) {
    self.laplace = laplace
  }

  public var count: Int { laplace.count }
  public var distinctSamples: Int? { nil }
  public var logEvidence: Double { laplace.logEvidence }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    laplace.sample(index, key: key, into: weights)
  }

  public func sampleWithLogDensity(
    _ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>
  ) -> Double {
    laplace.sampleWithLogDensity(index, key: key, into: weights)
  }

  public func outputs(of inputs: Matrix<Scalar>) -> OutputDistribution { laplace.outputs(of: inputs) }
}
