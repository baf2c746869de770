public import Probability
public import Tensors

/// Equal mass on some vectors of parameters: the members of an ensemble, or the kept samples of a Markov chain.
public struct SampleSetPosterior<Scalar: DensityScalar>: Posterior, Equatable {
  public let samples: [Vector<Scalar>]

  /// - Parameter samples: At least one, all equally long.
  public init(_ samples: [Vector<Scalar>]) {
    precondition(!samples.isEmpty, "a posterior of samples needs at least one")
    precondition(samples.allSatisfy { $0.count == samples[0].count }, "the samples have different lengths")
    self.samples = samples
  }

  public var count: Int { samples[0].count }
  public var distinctSamples: Int? { samples.count }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    precondition(index >= 0, "samples are counted from 0, got \(index)")
    let sample = samples[index % samples.count]
    withExtendedLifetime(sample) { Scalar.copy(sample.unsafePointer, into: weights, count: count) }
  }
}
