public import Probability
import Tensors

/// A trained model as a safetensors file that stands alone: everything that a prediction needs, under names that other
/// programs can read.
///
/// Tensors: those of the posterior, for example `layers.0.weights.mean` and `layers.0.weights.scale` (inputs x outputs,
/// row-major; a convolution's are kernel height x kernel width x channels of the input, x channels of the output), the
/// same of `biases`, and `likelihood.log_noise`, the logarithm of a learned noise scale. The metadata has, each as JSON, the
/// network, the likelihood, the prior, the kind of posterior, the statistics of the data, the configuration that was
/// trained, and the metrics; and as plain text the format, its version and the inference method.
public struct PosteriorFile<Scalar: DensityScalar>: Sendable {
  public var posterior: any Posterior<Scalar>
  public var model: BayesianModel
  /// The inference method, by its name in sweep files.
  public var method: String
  public var data: DataDescription
  /// JSON that is kept as it is.
  public var configuration: String
  public var metrics: [String: Double]

  public init(
    _ posterior: any Posterior<Scalar>, model: BayesianModel, method: String, data: DataDescription,
    configuration: String = "{}", metrics: [String: Double] = [:]
  ) {
    precondition(
      posterior.count == model.parameterCount,
      "a posterior over \(posterior.count) numbers is not one of a model with \(model.parameterCount)")
    self.posterior = posterior
    self.model = model
    self.method = method
    self.data = data
    self.configuration = configuration
    self.metrics = metrics
  }

  /// The distribution of the network's outputs under the posterior.
  public var predictive: any Predictive<Scalar> {
    guard let outputs = posterior as? any OutputPosterior<Scalar> else {
      return MonteCarloPredictive(posterior, model: model)
    }
    return OutputPredictive(outputs, noise: model.noise(of: posterior.sample(0, key: RandomKey(seed: 0))))
  }

  /// The bytes of the file.
  ///
  /// - Throws: `CheckpointError.notStorable` for a posterior or a prior of a kind that is not known here.
  public func encode() throws(CheckpointError) -> [UInt8] {
    guard let stored = posterior as? any StoredPosterior<Scalar> else {
      throw .notStorable(what: "a posterior of the type \(type(of: posterior))")
    }
    guard let prior = PriorDescription(model.prior) else {
      throw .notStorable(what: "a prior of the type \(type(of: model.prior))")
    }
    if let reason = data.obstacle(model) { throw .badMetadata(key: "data", reason: reason) }
    var writer = PosteriorWriter<Scalar>(model, kind: type(of: stored).kind)
    stored.write(to: &writer)
    var file = writer.tensors
    file.metadata = [
      "format": Self.format, "version": Self.version, "method": method,
      "network": PosteriorMetadata.text(model.network), "likelihood": PosteriorMetadata.text(model.likelihood),
      "prior": PosteriorMetadata.text(prior), "posterior": PosteriorMetadata.text(writer.description),
      "data": PosteriorMetadata.text(data), "configuration": configuration,
      "metrics": PosteriorMetadata.text(metrics.filter(\.value.isFinite)),
    ]
    return file.encode()
  }

  /// Reads a file, and checks every part of it.
  public init(decoding bytes: [UInt8]) throws(CheckpointError) {
    let file = try SafeTensors(decoding: bytes)
    guard file.metadata["format"] == Self.format else {
      throw .notAPosterior(reason: "its format is \(file.metadata["format"] ?? "not given")")
    }
    guard let version = file.metadata["version"], version == Self.version else {
      throw .notAPosterior(
        reason: "it is of version \(file.metadata["version"] ?? "unknown") and this program reads \(Self.version)")
    }
    let metadata = PosteriorMetadata(file.metadata)
    let prior: PriorDescription = try metadata.value("prior")
    model = BayesianModel(
      network: try metadata.value("network"), likelihood: try metadata.value("likelihood"), prior: prior.prior)
    if let grouped = model.prior as? GroupedGaussianPrior, grouped.count != model.network.parameterCount {
      throw .badMetadata(
        key: "prior", reason: "it is of \(grouped.count) weights, and the network has \(model.network.parameterCount)")
    }
    data = try metadata.value("data")
    if let reason = data.obstacle(model) { throw .badMetadata(key: "data", reason: reason) }
    method = try metadata.text("method")
    configuration = try metadata.text("configuration")
    metrics = try metadata.value("metrics")
    let description: PosteriorDescription = try metadata.value("posterior")
    guard let kind = Self.kinds.first(where: { $0.kind == description.kind }) else {
      throw .badMetadata(key: "posterior", reason: "there is no kind \"\(description.kind)\"")
    }
    // Before there is memory for them: a damaged file may ask for more than there is.
    guard model.network.parameterCount <= bytes.count else {
      throw .badMetadata(key: "network", reason: "its \(model.network.parameterCount) parameters are not in the file")
    }
    var reader = PosteriorReader<Scalar>(model, description, file)
    posterior = try kind.init(from: &reader)
    try reader.finish()
  }

  private static var kinds: [any StoredPosterior<Scalar>.Type] {
    [
      PointPosterior<Scalar>.self, VariationalPosterior<Scalar>.self, RadialPosterior<Scalar>.self,
      SampleSetPosterior<Scalar>.self, LowRankPlusDiagonal<Scalar>.self, DropoutPosterior<Scalar>.self,
      LaplacePosterior<Scalar>.self, LinearizedPosterior<Scalar>.self, ImplicitPosterior<Scalar>.self,
    ]
  }

  private static var format: String { "hpsearch-posterior" }
  private static var version: String { "1" }
}
