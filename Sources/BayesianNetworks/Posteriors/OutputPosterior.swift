public import Probability
public import Tensors

/// A posterior that predicts by a Gaussian over the network's outputs instead of by samples of its weights.
///
/// Samples of these outputs take the place of the outputs of sampled networks in every score.
public protocol OutputPosterior<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  /// The Gaussian over the outputs for each row, in the units in which the network is trained.
  ///
  /// - Parameter inputs: rows x inputs.
  func outputs(of inputs: Matrix<Scalar>) -> OutputDistribution
}

/// A posterior that knows an approximation of log p(data).
public protocol EvidencePosterior<Scalar>: Posterior {
  var logEvidence: Double { get }
}
