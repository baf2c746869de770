public import Probability
public import Tensors

/// Monte-Carlo dropout (Gal and Ghahramani 2016): a network trained with dropout, whose units are dropped in prediction
/// too.
///
/// - Hyperparameters: the rates of the network's dropout layers; the model's prior, which stands for the weight decay.
/// - State: the point parameters.
/// - Start: the means of the initialisation.
/// - Step: down the gradient of -log p(minibatch | w, mask) - (B / N) log p(w), with a mask for each example.
///
/// A sample of the posterior has one mask for all examples; see `DropoutPosterior`.
public struct MonteCarloDropout: PointMethod, Hashable {
  public init() {}

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> {
    if let layer = model.network.affineLayers.first(where: { $0.inputDropout > 0 && $0.convolution != nil }) {
      throw TrainingError.badSetting(
        name: "the dropout before the convolution \(layer.name)", found: "\(layer.inputDropout)",
        expected: "0: units of images cannot be dropped by dropping weights")
    }
    if let place = model.network.dropoutBesideDense {
      throw TrainingError.badSetting(
        name: "the place of the dropout at layer \(place)", found: "not right before a dense layer",
        expected: "there: only rows of a dense layer's weights can be dropped in prediction")
    }
    return iterate(of: state, model: model)
  }

  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> {
    DropoutPosterior(
      state.parameters,
      regions: model.network.affineLayers.filter { $0.inputDropout > 0 && $0.convolution == nil }.map {
        DropoutRegion(
          start: $0.start, inputs: $0.inputs, outputs: $0.outputs, block: $0.inputsPerUnit, rate: $0.inputDropout)
      })
  }
}

extension Network {
  /// The first dropout layer that does not act on the very inputs of a dense layer; nil where all do.
  fileprivate var dropoutBesideDense: Int? {
    layers.indices.first { index in
      guard case .dropout(let rate) = layers[index], rate > 0 else { return false }
      guard index + 1 < layers.count, case .dense = layers[index + 1] else { return true }
      return false
    }
  }
}
