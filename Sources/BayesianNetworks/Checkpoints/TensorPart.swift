/// A part of a flat buffer that is a tensor of its own in a file.
struct TensorPart {
  var name: String
  var shape: [Int]
  var start: Int

  var count: Int { shape.reduce(1, *) }
}

extension Network {
  var weightTensors: [TensorPart] {
    affineLayers.flatMap { layer in
      [
        TensorPart(name: "\(layer.name).weights", shape: [layer.inputs, layer.outputs], start: layer.start),
        TensorPart(name: "\(layer.name).biases", shape: [layer.outputs], start: layer.biases),
      ]
    }
  }
}

extension Likelihood {
  func tensors(start: Int) -> [TensorPart] {
    parameterCount == 0 ? [] : [TensorPart(name: "likelihood.log_noise", shape: [1], start: start)]
  }
}
