public import Probability
public import Tensors

/// A distribution over a model's point parameters: its weights, layer after layer, and then the likelihood's own
/// parameters. All that a prediction needs of a trained model.
public protocol Posterior<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  /// How many numbers a sample has: `BayesianModel.parameterCount`.
  var count: Int { get }

  /// How many different samples there are: 1 for a point estimate, the members of an ensemble, the kept samples of a
  /// Markov chain; nil for a density, from which any number can be drawn.
  var distinctSamples: Int? { get }

  /// Writes sample `index`. The same index and key give the same numbers. Where `distinctSamples` is finite, sample
  /// `index` is the member of number `index` modulo their number, whatever the key.
  func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>)
}

/// A posterior whose density can be evaluated, as the importance-weighted bound needs it.
public protocol DensityPosterior<Scalar>: Posterior {
  /// Writes sample `index`, and gives log q(w) of its weights. Parameters that are point estimates have no part in it.
  func sampleWithLogDensity(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) -> Double
}

extension Posterior {
  /// Sample `index` as a vector.
  public func sample(_ index: Int, key: RandomKey) -> Vector<Scalar> {
    var result = Vector<Scalar>(count: count)
    sample(index, key: key, into: result.unsafeMutablePointer())
    return result
  }
}
