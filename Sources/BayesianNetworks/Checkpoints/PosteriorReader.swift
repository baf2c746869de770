import Probability
import Tensors

/// The tensors of a posterior as flat buffers; see `PosteriorWriter`.
struct PosteriorReader<Scalar: DensityScalar> {
  let model: BayesianModel
  let description: PosteriorDescription
  private var reader: TensorReader

  init(_ model: BayesianModel, _ description: PosteriorDescription, _ file: SafeTensors) {
    self.model = model
    self.description = description
    reader = TensorReader(file)
  }

  mutating func weights(prefix: String = "", suffix: String = "") throws(CheckpointError) -> Vector<Scalar> {
    try read(model.network.weightTensors, model.network.parameterCount, prefix, suffix)
  }

  mutating func tail(prefix: String = "", suffix: String = "") throws(CheckpointError) -> Vector<Scalar> {
    try read(model.likelihood.tensors(start: 0), model.likelihood.parameterCount, prefix, suffix)
  }

  mutating func parameters(prefix: String = "", suffix: String = "") throws(CheckpointError) -> Vector<Scalar> {
    let parts = model.network.weightTensors + model.likelihood.tensors(start: model.network.parameterCount)
    return try read(parts, model.parameterCount, prefix, suffix)
  }

  /// Numbers of which none may be negative: scales and variances.
  mutating func scales(suffix: String, hasTail: Bool = false) throws(CheckpointError) -> Vector<Scalar> {
    let scales = try hasTail ? parameters(suffix: suffix) : weights(suffix: suffix)
    if let index = (0..<scales.count).first(where: { !(scales[$0] >= 0) }) {
      let parts = model.network.weightTensors + model.likelihood.tensors(start: model.network.parameterCount)
      let part = parts.last { $0.start <= index } ?? parts[0]
      throw .badNumber(name: part.name + suffix, index: index - part.start, expected: "0 or more")
    }
    return scales
  }

  mutating func array<Element: TensorScalar>(_ name: String, shape: [Int]) throws(CheckpointError) -> Vector<Element> {
    try reader.vector(name, shape: shape)
  }

  /// The number of samples or deviations.
  func count(atLeast least: Int) throws(CheckpointError) -> Int {
    guard let count = description.count, count >= least else {
      let found = description.count.map { "\($0)" } ?? "not given"
      throw .badMetadata(key: "posterior", reason: "its count is \(found), expected at least \(least)")
    }
    return count
  }

  func finish() throws(CheckpointError) { try reader.finish() }

  private mutating func read(
    _ parts: [TensorPart], _ count: Int, _ prefix: String, _ suffix: String
  ) throws(CheckpointError) -> Vector<Scalar> {
    var vector = Vector<Scalar>(count: count)
    let base = vector.unsafeMutablePointer()
    for part in parts { try reader.read(prefix + part.name + suffix, shape: part.shape, into: base + part.start) }
    return vector
  }
}
