import Probability
import Tensors

/// The flat buffers of a posterior as tensors with readable names.
struct PosteriorWriter<Scalar: DensityScalar> {
  let model: BayesianModel
  var description: PosteriorDescription
  private(set) var tensors = SafeTensors()

  init(_ model: BayesianModel, kind: String) {
    self.model = model
    description = PosteriorDescription(kind: kind)
  }

  /// A number for each weight: `PREFIXlayers.0.weightsSUFFIX` and so on.
  mutating func weights(_ vector: Vector<Scalar>, prefix: String = "", suffix: String = "") {
    for part in model.network.weightTensors { set(prefix + part.name + suffix, vector, part) }
  }

  /// The likelihood's own parameters.
  mutating func tail(_ vector: Vector<Scalar>, prefix: String = "", suffix: String = "") {
    for part in model.likelihood.tensors(start: 0) { set(prefix + part.name + suffix, vector, part) }
  }

  /// The weights, and the likelihood's own parameters after them.
  mutating func parameters(_ vector: Vector<Scalar>, prefix: String = "", suffix: String = "") {
    weights(vector, prefix: prefix, suffix: suffix)
    for part in model.likelihood.tensors(start: model.network.parameterCount) {
      set(prefix + part.name + suffix, vector, part)
    }
  }

  /// A tensor of any other shape and type.
  mutating func array(_ name: String, _ vector: Vector<some TensorScalar>, shape: [Int]) {
    withExtendedLifetime(vector) { tensors.set(name, vector.unsafePointer, shape: shape) }
  }

  private mutating func set(_ name: String, _ vector: Vector<Scalar>, _ part: TensorPart) {
    precondition(part.start + part.count <= vector.count, "\(name) lies outside \(vector.count) numbers")
    withExtendedLifetime(vector) { tensors.set(name, vector.unsafePointer + part.start, shape: part.shape) }
  }
}
