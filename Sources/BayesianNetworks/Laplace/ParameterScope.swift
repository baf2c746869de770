import Tensors

/// The weights that are uncertain, as layers that lie together in the flat buffer; all other parameters are points.
struct ParameterScope: Hashable, Sendable {
  let layers: [AffineLayer]
  /// Their place in the point parameters.
  let range: Range<Int>

  init(_ network: Network, _ scope: LaplaceApproximation.Scope) {
    let all = network.affineLayers
    layers = scope == .all ? all : [all[all.count - 1]]
    range = layers[0].start..<all[all.count - 1].end
  }

  var count: Int { range.count }

  /// Where a layer's parameters lie in the scope.
  func range(of layer: AffineLayer) -> Range<Int> {
    (layer.start - range.lowerBound)..<(layer.end - range.lowerBound)
  }

  /// Where a number of the scope belongs, for messages.
  func name(_ index: Int) -> String {
    layers.first { range(of: $0).contains(index) }?.name ?? "parameter \(index)"
  }

  /// The layer with the first number that is not finite; nil where all are.
  func placeNotFinite(_ values: UnsafePointer<Double>) -> String? {
    (0..<count).first { !values[$0].isFinite }.map { name($0) }
  }
}
