import Foundation
public import Tensors

/// Where a posterior starts: the means at random, which breaks the symmetry of the units, and
/// rho ~ U(rhoLow, rhoHigh).
public struct PosteriorInitialization: Hashable, Sendable {
  /// How the means start.
  public enum Means: Hashable, Sendable {
    /// U(-width, width) for all.
    case uniform(Double)
    /// By the number n of a layer's inputs: weights U(-sqrt(6 / n), sqrt(6 / n)) for relu, which keeps the variance of
    /// its units from layer to layer (He et al. 2015, eq. 10), and U(-sqrt(3 / n), sqrt(3 / n)) for the other
    /// activations; biases U(-1 / sqrt(n), 1 / sqrt(n)).
    case fanIn
  }

  public var means: Means
  public var rhoLow: Double
  public var rhoHigh: Double

  public init(means: Means, rhoLow: Double = -5, rhoHigh: Double = -4) {
    if case .uniform(let width) = means { precondition(width >= 0, "the means' range must be >= 0, got \(width)") }
    precondition(rhoLow <= rhoHigh, "rhoLow (\(rhoLow)) is above rhoHigh (\(rhoHigh))")
    self.means = means
    self.rhoLow = rhoLow
    self.rhoHigh = rhoHigh
  }

  /// Means ~ U(-mean, mean). The defaults are the values of "Weight uncertainty in neural networks", section 3.
  public init(mean: Double = 0.2, rhoLow: Double = -5, rhoHigh: Double = -4) {
    self.init(means: .uniform(mean), rhoLow: rhoLow, rhoHigh: rhoHigh)
  }

  public func posterior<Scalar: TensorScalar>(of network: Network, key: RandomKey) -> DiagonalGaussian<Scalar> {
    let count = network.parameterCount
    return DiagonalGaussian(
      mean: mean(of: network, key: key.folded(0)),
      rho: .uniform(key.folded(1), from: Scalar(rhoLow), to: Scalar(rhoHigh), count: count))
  }

  /// Where a training of a posterior starts: the means of all weights, then their rhos, and then what else is trained.
  func parameters<Scalar: TensorScalar>(
    of network: Network, followedBy others: [Double] = [], key: RandomKey
  ) -> Vector<Scalar> {
    let start: DiagonalGaussian<Scalar> = posterior(of: network, key: key)
    let count = network.parameterCount
    var parameters = Vector<Scalar>(count: 2 * count + others.count)
    let base = parameters.unsafeMutablePointer()
    withExtendedLifetime(start) {
      Scalar.copy(start.mean.unsafePointer, into: base, count: count)
      Scalar.copy(start.rho.unsafePointer, into: base + count, count: count)
    }
    for (index, value) in others.enumerated() { base[2 * count + index] = Scalar(value) }
    return parameters
  }

  private func mean<Scalar: TensorScalar>(of network: Network, key: RandomKey) -> Vector<Scalar> {
    let count = network.parameterCount
    switch means {
    case .uniform(let width):
      return .uniform(key, from: Scalar(-width), to: Scalar(width), count: count)
    case .fanIn:
      var mean: Vector<Scalar> = .uniform(key, from: -1, to: 1, count: count)
      let base = mean.unsafeMutablePointer()
      for layer in network.affineLayers {
        let inputs = Double(layer.inputs)
        let width = Scalar(((hasFlatNegativeSide(layer, network) ? 6 : 3) / inputs).squareRoot())
        for i in layer.start..<layer.biases { base[i] *= width }
        for i in layer.biases..<layer.end { base[i] *= Scalar(1 / inputs.squareRoot()) }
      }
      return mean
    }
  }

  /// Whether units of a layer are off for half of their inputs. The last layer goes by the one before it.
  private func hasFlatNegativeSide(_ layer: AffineLayer, _ network: Network) -> Bool {
    switch layer.activation ?? network.affineLayers.dropLast().last?.activation ?? .relu {
    case .relu, .gelu: true
    case .tanh, .sigmoid, .softplus: false
    }
  }
}
