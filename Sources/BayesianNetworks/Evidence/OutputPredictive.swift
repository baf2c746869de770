public import Probability
public import Tensors

/// Samples of the outputs of a posterior that gives them as a Gaussian: the linearised predictive distribution of Laplace's
/// approximation (Immer, Korzepa and Bauer 2021, eq. 9).
public struct OutputPredictive<Scalar: DensityScalar>: Predictive {
  private let outputs: any OutputPosterior<Scalar>
  private let noise: Double?

  /// - Parameter noise: The noise scale of a regression.
  public init(_ outputs: any OutputPosterior<Scalar>, noise: Double?) {
    self.outputs = outputs
    self.noise = noise
  }

  public var distinctSamples: Int? { nil }

  /// The outputs and the noise of a regression, whose targets are Gaussian in closed form; nil for a classification.
  public func regression(of inputs: Matrix<Scalar>) -> (outputs: OutputDistribution, noise: Double)? {
    noise.map { (outputs.outputs(of: inputs), $0) }
  }

  public func predict(
    _ data: Examples<Scalar>, samples: Int, key: RandomKey,
    _ body: (_ sample: Int, _ outputs: [Double], _ noise: Double?) throws -> Void
  ) rethrows {
    let distribution = outputs.outputs(of: data.inputs)
    for sample in 0..<samples { try body(sample, distribution.sample(sample, key: key), noise) }
  }
}
