import Probability
import Tensors

/// A posterior that can be written to a `PosteriorFile` and read back, so that every sample is the same bit for bit.
protocol StoredPosterior<Scalar>: Posterior {
  /// As the file names it.
  static var kind: String { get }

  func write(to archive: inout PosteriorWriter<Scalar>)

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError)
}

/// What a posterior is, beside its tensors.
struct PosteriorDescription: Codable, Hashable {
  struct Dropout: Codable, Hashable {
    /// Where the weights lie in the flat buffer, how many inputs x outputs they are, how many inputs are dropped together.
    var start: Int
    var inputs: Int
    var outputs: Int
    var block: Int
    var rate: Double
  }

  /// What there is to know of Laplace's approximation beside the curvature; see `LaplacePosterior`.
  struct Laplace: Codable, Hashable {
    enum Curvature: String, Codable { case full, diagonal, kronecker }

    var scope: String
    var curvature: Curvature
    /// Of each Kronecker product: the rows over which its factors are sums.
    var rows: [Int]?
    /// One for each uncertain layer; where they are missing, there is a tensor with one for each weight.
    var priorPrecisions: [Double]?
    var logPriorDensity: Double
    /// Of the residuals of a regression, and how many there are.
    var squares: Double?
    var residuals: Int?
    /// Of a classification.
    var logLikelihood: Double?
  }

  struct Region: Codable, Hashable {
    var start: Int
    var end: Int
  }

  var kind: String
  /// How many vectors of samples, or of deviations, there are.
  var count: Int?
  var dropout: [Dropout]?
  var regions: [Region]?
  var laplace: Laplace?
}

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

/// The way back.
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
