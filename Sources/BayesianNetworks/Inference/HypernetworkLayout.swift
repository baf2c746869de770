/// Where the parameters of a hypernetwork lie in one flat buffer: its hidden layers; a head for each layer of the
/// network, which maps the last hidden layer's K units to that layer's weights and biases; the scale of the noise, and
/// that of the inputs' noise where there is one, both before softplus; and the likelihood's own parameters.
///
/// A layer, a head included, is its weights, inputs x outputs row-major, and then its biases. Row k of a head is a set
/// of weights of the network's layer like any other.
public struct HypernetworkLayout: Hashable, Sendable {
  /// The hidden layers; nil without.
  public let hidden: Network?
  public let network: Network
  public let likelihoodParameterCount: Int
  /// The dimension of the noise.
  public let noise: Int
  public let hasInputNoise: Bool

  public init(_ method: Hypernetwork, model: BayesianModel) {
    let noise = method.inputs ?? method.hidden.first ?? 1
    var layers: [Layer] = []
    for units in method.hidden {
      layers += [.dense(units: units), .activation(.relu)]
      if method.dropout > 0 { layers.append(.dropout(rate: method.dropout)) }
    }
    do throws(NetworkError) {
      hidden = layers.isEmpty ? nil : try Network(input: .features(noise), layers: layers)
    } catch {
      preconditionFailure("\(error)")
    }
    self.noise = noise
    network = model.network
    likelihoodParameterCount = model.likelihood.parameterCount
    hasInputNoise = method.inputNoise != nil
  }

  /// K, the units of the last hidden layer.
  public var features: Int { hidden?.outputs ?? noise }

  /// Where the heads begin.
  public var heads: Int { hidden?.parameterCount ?? 0 }

  /// The head of a layer of the network.
  public func head(of layer: AffineLayer) -> Range<Int> {
    let start = heads + (features + 1) * layer.start
    return start..<(start + (features + 1) * layer.parameterCount)
  }

  public var inputScale: Int { heads + (features + 1) * network.parameterCount }
  public var inputNoise: Int? { hasInputNoise ? inputScale + 1 : nil }
  /// Where the likelihood's parameters begin.
  public var tail: Int { inputScale + (hasInputNoise ? 2 : 1) }
  public var parameterCount: Int { tail + likelihoodParameterCount }

  /// What a parameter is, for messages.
  func locate(_ index: Int) -> String {
    if let layer = hidden?.affineLayer(of: index) { return "hypernetwork.\(layer.name)" }
    if let layer = network.affineLayers.first(where: { head(of: $0).contains(index) }) {
      return "hypernetwork.head of \(layer.name)"
    }
    if index == inputScale { return "the scale of the hypernetwork's noise" }
    return index == inputNoise ? "the scale of the inputs' noise" : "the noise scale"
  }
}
