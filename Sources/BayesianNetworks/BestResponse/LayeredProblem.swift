/// A bilevel problem whose flat weights are those of affine layers: what a structured response needs to know.
package protocol LayeredProblem<Scalar>: BilevelProblem {
  /// Where the layers lie among the weights. Weights that are in no layer do not respond.
  var layers: [LayerLayout] { get }
}

/// An affine layer among flat weights: its weights, inputs x outputs row-major, and then its biases.
package struct LayerLayout: Hashable, Sendable {
  /// What the units' responses are like before training.
  package enum Response: Hashable, Sendable {
    /// Each unit's weights go in a direction of their own: right for the weights of a network.
    case random
    /// Each unit's weights move together: right for the logarithms of scales.
    case together
  }

  package var name: String
  /// Where the weights begin.
  package var start: Int
  package var inputs: Int
  package var outputs: Int
  package var response: Response

  package init(name: String, start: Int, inputs: Int, outputs: Int, response: Response = .random) {
    self.name = name
    self.start = start
    self.inputs = inputs
    self.outputs = outputs
    self.response = response
  }

  package var weightCount: Int { inputs * outputs }
  /// Where the biases begin.
  package var biases: Int { start + weightCount }
  /// One past the last bias.
  package var end: Int { biases + outputs }
}

extension Network {
  /// The layers in a posterior's parameters: in the means of all weights, and in their rhos after them.
  var posteriorLayout: [LayerLayout] {
    layout(name: "means") + layout(from: parameterCount, name: "rhos", response: .together)
  }

  /// The layers in flat weights that begin at some place.
  package func layout(
    from start: Int = 0, name: String = "weights", response: LayerLayout.Response = .random
  ) -> [LayerLayout] {
    affineLayers.map {
      LayerLayout(
        name: "\($0.name).\(name)", start: start + $0.start, inputs: $0.inputs, outputs: $0.outputs, response: response)
    }
  }
}
