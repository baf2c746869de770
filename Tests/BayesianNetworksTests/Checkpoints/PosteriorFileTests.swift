import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct PosteriorFileTests {
  static let model = BayesianModel(
    network: Network(inputs: 3, hidden: [5, 4], outputs: 1, activation: .tanh),
    likelihood: .gaussian(scale: 0.3, learned: true), prior: ScaleMixturePrior(weight: 0.25, wide: 1.5, narrow: 0.01))
  static let data = DataDescription(
    features: ["age", "height \"cm\"", "colour=rød"], inputMeans: [1, 2, 0.1], inputScales: [0.1, 3, 1e-9],
    target: "price", targetMean: -7.25, targetScale: 1e6)
  static let key = RandomKey(seed: 9)
  static let kinds = [
    "point", "diagonal-gaussian", "radial", "samples", "low-rank-plus-diagonal", "dropout", "implicit",
  ]

  static func noise(_ label: Int, _ count: Int = model.parameterCount) -> Vector<Float> {
    .normal(key.folded(label), count: count)
  }

  static func posterior(_ kind: String) -> any Posterior<Float> {
    let n = model.network.parameterCount
    let gaussian = DiagonalGaussian(
      mean: noise(0, n), rho: .uniform(key.folded(1), from: -90, to: 3, count: n))
    switch kind {
    case "point": return PointPosterior(noise(0))
    case "diagonal-gaussian": return VariationalPosterior(gaussian, tail: noise(2, 1))
    case "radial":
      return RadialPosterior(gaussian, regions: model.network.affineLayers.map(\.range), tail: noise(2, 1))
    case "samples": return SampleSetPosterior((0..<12).map { noise($0) })
    case "low-rank-plus-diagonal":
      var variance = noise(1)
      for i in 0..<variance.count { variance[i] = i % 5 == 0 ? 0 : variance[i] * variance[i] }
      return LowRankPlusDiagonal(mean: noise(0), variance: variance, deviations: (2..<5).map { noise($0) })
    case "implicit":
      let layout = HypernetworkLayout(Hypernetwork(hidden: [4, 3], inputs: 2, inputNoise: 0.5), model: model)
      return ImplicitPosterior(noise(0, layout.parameterCount), layout: layout)
    default:
      let layers = model.network.affineLayers
      return DropoutPosterior(
        noise(0),
        regions: [
          DropoutRegion(start: layers[0].start, inputs: 3, outputs: 5, block: 3, rate: 0.1),
          DropoutRegion(start: layers[1].start, inputs: 5, outputs: 4, rate: 0.5),
        ])
    }
  }

  static func file(_ kind: String) -> PosteriorFile<Float> {
    PosteriorFile(
      posterior(kind), model: model, method: "some-method", data: data, configuration: "{\"name\":\"ø\"}",
      metrics: ["lppd": -1.0 / 3, "rmse": 1e-300, "bad": .nan])
  }

  @Test(arguments: kinds)
  func everySampleIsTheSameBitForBit(kind: String) throws {
    let file = Self.file(kind)
    let bytes = try file.encode()
    let found = try PosteriorFile<Float>(decoding: bytes)
    for index in 0..<20 {
      let (a, b) = (file.posterior.sample(index, key: Self.key), found.posterior.sample(index, key: Self.key))
      #expect(a.array.map(\.bitPattern) == b.array.map(\.bitPattern))
    }
    #expect(type(of: found.posterior) == type(of: file.posterior))
    #expect(found.posterior.distinctSamples == file.posterior.distinctSamples)
    #expect(found.model.network == Self.model.network && found.model.likelihood == Self.model.likelihood)
    #expect(found.model.prior as? ScaleMixturePrior == Self.model.prior as? ScaleMixturePrior)
    #expect(found.data == Self.data && found.method == "some-method" && found.configuration == "{\"name\":\"ø\"}")
    #expect(found.metrics == ["lppd": -1.0 / 3, "rmse": 1e-300])
    #expect(try found.encode() == bytes)
  }

  @Test(arguments: kinds)
  func theTensorsHaveReadableNames(kind: String) throws {
    let file = try SafeTensors(decoding: try Self.file(kind).encode())
    let names =
      switch kind {
      case "point", "dropout": ["layers.0.weights", "layers.2.biases", "likelihood.log_noise"]
      case "samples": ["samples.11.layers.0.weights", "samples.0.likelihood.log_noise"]
      case "low-rank-plus-diagonal":
        [
          "layers.0.weights.mean", "layers.0.weights.variance", "deviations.2.layers.0.weights",
          "likelihood.log_noise.mean",
        ]
      case "implicit": ["hypernetwork.input_noise", "likelihood.log_noise"]
      default: ["layers.0.weights.mean", "layers.0.weights.scale", "likelihood.log_noise"]
      }
    for name in names {
      let shape = try #require(file.tensors[name]?.shape, "\(name)")
      #expect(shape == (name.contains("noise") ? [1] : name.contains("biases") ? [1] : [3, 5]))
    }
    #expect(file.metadata["posterior"]?.contains("\"kind\":\"\(kind)\"") == true)
    #expect(file.metadata["prior"] == "{\"kind\":\"scale-mixture\",\"narrow\":0.01,\"weight\":0.25,\"wide\":1.5}")
  }

  @Test func networksAndPriorsOfEveryKind() throws {
    let image = InputShape.image(height: 9, width: 8, channels: 2)
    let network = try Network(
      input: image,
      layers: [
        .convolution(channels: 3, kernel: 3, stride: 2, padding: 1), .activation(.gelu), .dropout(rate: 0.25),
        .maxPooling(window: 2), .averagePooling(window: 2, stride: 1), .dense(units: 3),
      ])
    for prior in priors + [GaussianPrior(mean: -0.25, scale: 3)] {
      let model = BayesianModel(network: network, likelihood: .categorical, prior: prior)
      let data = DataDescription(
        features: (0..<network.inputs).map { "pixel \($0)" }, target: "label", classes: ["a", "b", "c"], image: image)
      let posterior = PointPosterior<Double>(.normal(Self.key, count: model.parameterCount))
      let file = PosteriorFile(posterior, model: model, method: "maximum-likelihood", data: data)
      let found = try PosteriorFile<Double>(decoding: try file.encode())
      #expect(found.model.network == network && found.model.likelihood == .categorical && found.data == data)
      #expect(PriorDescription(found.model.prior) == PriorDescription(prior) && PriorDescription(prior) != nil)
      #expect(found.posterior as? PointPosterior<Double> == posterior)
    }
  }

  @Test func truncatedFilesAndOtherFilesAreRefused() throws {
    let bytes = try Self.file("samples").encode()
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: CheckpointError.self) { try PosteriorFile<Float>(decoding: Array(bytes[..<count])) }
    }
    let state = TrainingState<Float>(parameters: Vector(count: 3), optimizer: SGD())
    #expect(throws: CheckpointError.notAPosterior(reason: "its format is hpsearch-training-state")) {
      try PosteriorFile<Float>(decoding: Checkpoint(state).encode())
    }
    let error = #expect(throws: CheckpointError.self) { try PosteriorFile<Double>(decoding: bytes) }
    #expect(error == .wrongType(name: "samples.0.layers.0.weights", expected: "F64", found: "F32"))
  }

  func decode(_ kind: String, _ change: (inout SafeTensors) -> Void) throws {
    var file = try SafeTensors(decoding: try Self.file(kind).encode())
    change(&file)
    _ = try PosteriorFile<Float>(decoding: file.encode())
  }

  @Test(arguments: [
    ("point", "network", "\"units\":5", "\"units\":5000000000000000000"),
    ("point", "network", "\"units\":5", "\"units\":500000000"), ("point", "network", "\"units\":5", "\"units\":0"),
    ("point", "network", "\"count\":3", "\"count\":-3"), ("point", "network", "\"dense\"", "\"sparse\""),
    ("point", "network", "}]", ""), ("point", "likelihood", "0.3", "-1"), ("point", "likelihood", "true", "\"yes\""),
    ("point", "prior", "0.25", "2"), ("point", "prior", "scale-mixture", "graves"),
    ("point", "data", "\"age\",", ""), ("point", "data", "[0.1,", "[0,"),
    ("point", "data", "\"age\"", "\"colour=rød\""),
    ("point", "posterior", "point", "?"), ("samples", "posterior", "12", "0"), ("samples", "posterior", ":12", ":null"),
    ("low-rank-plus-diagonal", "posterior", "3", "1"),
    ("dropout", "posterior", "\"rate\":0.5", "\"rate\":1"), ("dropout", "posterior", "\"start\":0", "\"start\":-1"),
    ("dropout", "posterior", "\"outputs\":4", "\"outputs\":9000000000000000000"),
    ("implicit", "posterior", "[4,3]", "[4,-3]"), ("implicit", "posterior", "[4,3]", "[4,9000000000000000000]"),
    ("implicit", "posterior", "\"noise\":2", "\"noise\":0"),
    ("radial", "posterior", "\"end\":20", "\"end\":19"), ("point", "metrics", "{", ""),
  ])
  func damagedMetadataIsNamed(kind: String, key: String, from: String, to: String) throws {
    let error = #expect(throws: CheckpointError.self) {
      try decode(kind) { file in
        let text = file.metadata[key] ?? ""
        file.metadata[key] = text.replacingOccurrences(of: from, with: to)
        #expect(file.metadata[key] != text, "\(text)")
      }
    }
    guard case .badMetadata(key: key, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func damagedTensorsAreNamed() {
    #expect(throws: CheckpointError.missingTensor(name: "samples.7.layers.1.biases")) {
      try decode("samples") { $0.tensors["samples.7.layers.1.biases"] = nil }
    }
    #expect(throws: CheckpointError.unexpectedTensor(name: "samples.10.layers.0.biases")) {
      try decode("samples") {
        $0.metadata["posterior"] = $0.metadata["posterior"]?.replacingOccurrences(of: "12", with: "9")
      }
    }
    #expect(throws: CheckpointError.wrongShape(name: "layers.0.weights", expected: [3, 5], found: [15])) {
      try decode("point") { $0.tensors["layers.0.weights"]?.shape = [15] }
    }
    #expect(throws: CheckpointError.badNumber(name: "layers.1.biases.scale", index: 2, expected: "0 or more")) {
      try decode("diagonal-gaussian") { file in
        file.tensors["layers.1.biases.scale"]?.bytes.replaceSubrange(8..<12, with: [0, 0, 128, 191])
      }
    }
    #expect(throws: CheckpointError.notFinite(name: "layers.0.biases", index: 1)) {
      try decode("dropout") { $0.tensors["layers.0.biases"]?.bytes.replaceSubrange(4..<8, with: [0, 0, 128, 127]) }
    }
    #expect(throws: CheckpointError.badMetadata(key: "method", reason: "it is missing")) {
      try decode("point") { $0.metadata["method"] = nil }
    }
  }

  struct OtherPosterior: Posterior {
    var count: Int { PosteriorFileTests.model.parameterCount }
    var distinctSamples: Int? { 1 }
    func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Float>) {}
  }

  @Test func aPosteriorOfAnUnknownKindCannotBeWritten() {
    let file = PosteriorFile(OtherPosterior(), model: Self.model, method: "other", data: Self.data)
    let error = #expect(throws: CheckpointError.self) { try file.encode() }
    #expect(error?.description.contains("OtherPosterior") == true)
  }
}
