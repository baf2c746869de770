import BayesianNetworks
import Datasets
import StudyModel

extension NetworkPlan {
  /// The network that the `model` section describes.
  static func network(
    _ model: ModelConfiguration, data: Dataset, outputs: Int
  ) throws(ObjectiveError) -> Network {
    try checkSize(model, inputs: data.inputs.columns, outputs: outputs)
    let activation = activation(model.activation)
    do throws(NetworkError) {
      switch model.architecture {
      case .mlp:
        return Network(
          inputs: data.inputs.columns, hidden: model.hidden, outputs: outputs, activation: activation,
          dropout: model.dropout, inputDropout: model.inputDropout)
      case .polynomial:
        return Network(
          inputs: max(1, data.inputs.columns * model.degree), hidden: [], outputs: outputs)
      case .lenet5:
        return try .leNet5(
          input: try input(data), outputs: outputs, width: model.width, activation: activation, dropout: model.dropout)
      case .vgg:
        return try .vgg(
          input: try input(data), outputs: outputs, width: model.width, activation: activation, dropout: model.dropout)
      }
    } catch {
      throw ObjectiveError("model.architecture: \(model.architecture.rawValue) does not fit \(data.name): \(error)")
    }
  }

  private static let widest = 100.0

  private static func checkSize(_ model: ModelConfiguration, inputs: Int, outputs: Int) throws(ObjectiveError) {
    switch model.architecture {
    case .mlp: try checkSize([inputs] + model.hidden + [outputs], "model.hidden")
    case .polynomial: try checkSize([inputs, model.degree], "model.degree")
    case .lenet5, .vgg:
      guard model.width <= widest else {
        throw ObjectiveError("model.width: expected at most \(Int(widest)), found \(model.width)")
      }
    }
  }

  private static func input(_ data: Dataset) throws(NetworkError) -> InputShape {
    guard let image = data.imageShape else { return .features(data.inputs.columns) }
    return .image(height: image.height, width: image.width, channels: image.channels)
  }

  private static func activation(_ activation: ModelConfiguration.Activation) -> Activation {
    switch activation {
    case .relu: .relu
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .softplus: .softplus
    case .gelu: .gelu
    }
  }
}

extension PreparedFold {
  /// The fold as a configuration's network reads it.
  func prepared(for model: ModelConfiguration) throws(ObjectiveError) -> PreparedFold {
    try model.architecture == .polynomial ? raisedToPowers(degree: model.degree) : self
  }
}
