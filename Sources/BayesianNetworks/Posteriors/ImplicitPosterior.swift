public import Probability
public import Tensors

/// The distribution of the weights that a trained hypernetwork makes of noise (Sheikh et al. 2017): it has samples and no
/// density. Nothing is dropped, and the likelihood's parameters are points.
public struct ImplicitPosterior<Scalar: DensityScalar>: Posterior, Equatable {
  /// See `HypernetworkLayout`.
  public let parameters: Vector<Scalar>
  public let layout: HypernetworkLayout

  public init(_ parameters: Vector<Scalar>, layout: HypernetworkLayout) {
    precondition(
      parameters.count == layout.parameterCount,
      "\(parameters.count) parameters for a hypernetwork of \(layout.parameterCount)")
    self.parameters = parameters
    self.layout = layout
  }

  public var count: Int { layout.network.parameterCount + layout.likelihoodParameterCount }
  public var distinctSamples: Int? { nil }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    var units = Vector<Scalar>.normal(key.folded(index), count: layout.noise)
    Scalar.scale(
      units.unsafeMutablePointer(), by: Scalar.softplus(parameters[layout.inputScale]), count: layout.noise)
    for layer in layout.hidden?.affineLayers ?? [] {
      var next = Vector<Scalar>(count: layer.outputs)
      affine(units, start: layer.start, outputs: layer.outputs, into: next.unsafeMutablePointer())
      Scalar.relu(next.unsafePointer, into: next.unsafeMutablePointer(), count: layer.outputs)
      units = next
    }
    for layer in layout.network.affineLayers {
      affine(
        units, start: layout.head(of: layer).lowerBound, outputs: layer.parameterCount, into: weights + layer.start)
    }
    withExtendedLifetime(parameters) {
      Scalar.copy(
        parameters.unsafePointer + layout.tail, into: weights + layout.network.parameterCount,
        count: layout.likelihoodParameterCount)
    }
  }

  /// y = x W + b with W and b from a place of the parameters.
  private func affine(_ x: Vector<Scalar>, start: Int, outputs: Int, into y: UnsafeMutablePointer<Scalar>) {
    withExtendedLifetime((parameters, x)) {
      let w = parameters.unsafePointer + start
      Scalar.copy(w + x.count * outputs, into: y, count: outputs)
      Scalar.gemv(
        transpose: true, m: x.count, n: outputs, alpha: 1, w, lda: outputs, x.unsafePointer, beta: 1, y)
    }
  }
}
