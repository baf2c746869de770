import StudyModel
import Testing

/// The methods of inference, the architectures and what belongs to each.
@Suite struct MethodTests {
  private func read(_ sections: String, data: String = #"{"builtin": "noisy-sine"}"#) throws -> SweepConfiguration {
    let text = #"{"data": \#(data), "strategy": {"trials": 1}\#(sections.isEmpty ? "" : ", ")\#(sections)}"#
    return try SweepConfiguration(parsing: text, fileName: "sweep.json", defaultName: "sweep")
  }

  @Test func defaults() throws {
    let configuration = try read("")
    let (model, inference, training) = (configuration.model, configuration.inference, configuration.training)
    #expect(model.architecture == .mlp && model.width == 1 && model.dropout == 0 && model.inputDropout == 0)
    #expect(inference.method == .bayesByBackprop && inference.temperature == 1 && inference.klWarmupEpochs == 0)
    #expect(inference.members == 5)
    let langevin = inference.langevin
    #expect(langevin.burnIn == 0.5 && langevin.samples == 50 && langevin.cycles == 4 && langevin.exploration == 0.8)
    #expect(langevin.preconditionerDecay == 0.99 && langevin.preconditionerEpsilon == 1e-5)
    let averaging = inference.averaging
    #expect(averaging.start == 0.75 && averaging.everyEpochs == 1 && averaging.rank == 20)
    #expect(averaging.form == .corrected)
    #expect(inference.ivon.hessian == 0.1 && inference.ivon.beta2 == 0.99999)
    #expect(inference.ivon.effectiveSampleSize == nil)
    let hypernetwork = inference.hypernetwork
    #expect(hypernetwork.hidden == [100, 50] && hypernetwork.inputs == nil && hypernetwork.inputScale == 1)
    #expect(hypernetwork.inputNoise == nil && hypernetwork.dropout == 0.5 && hypernetwork.objective == .jensen)
    let laplace = inference.laplace
    #expect(laplace.curvature == .kronecker && laplace.scope == .all && laplace.predictive == .linearized)
    #expect(laplace.tunePrior)
    #expect(training.weightDecay == 0.01 && training.decay == 0.99 && training.clipNorm == nil)
    #expect(training.schedule == .init() && training.schedule.kind == .constant && training.earlyStopping == nil)
    #expect(configuration.evaluation.scores.isEmpty && configuration.scores.isEmpty)
  }

  @Test(arguments: InferenceConfiguration.Method.allCases)
  func everyMethodReadsBack(_ method: InferenceConfiguration.Method) throws {
    let configuration = try read(#""model": {"dropout": 0.1}, "inference": {"method": "\#(method.rawValue)"}"#)
    #expect(configuration.inference.method == method)
    #expect(configuration.objective.metric == (method.isVariational ? "elbo" : "lppd"))
    let frozen = try SweepConfiguration(json: configuration.json)
    #expect(frozen == configuration && frozen.differences(from: configuration).isEmpty)
  }

  static let sections: [(String, String, @Sendable (InferenceConfiguration) -> Bool)] = [
    ("deep-ensemble", #""members": 3"#, { $0.members == 3 }),
    (
      "preconditioned-sgld", #""langevin": {"burnIn": 0, "samples": 7, "preconditionerDecay": 0.9}"#,
      { $0.langevin.burnIn == 0 && $0.langevin.samples == 7 && $0.langevin.preconditionerDecay == 0.9 }
    ),
    (
      "preconditioned-sgld", #""langevin": {"preconditionerEpsilon": 0.1}"#,
      { $0.langevin.preconditionerEpsilon == 0.1 }
    ),
    (
      "cyclical-sgld", #""langevin": {"cycles": 7, "exploration": 0}"#,
      { $0.langevin.cycles == 7 && $0.langevin.exploration == 0 }
    ),
    (
      "swag", #""averaging": {"start": 0, "everyEpochs": 2, "rank": 5}"#,
      { $0.averaging.start == 0 && $0.averaging.everyEpochs == 2 && $0.averaging.rank == 5 }
    ),
    (
      "hwa", #""averaging": {"form": "printed"}, "estimator": "flipout", "klWarmupEpochs": 9"#,
      { $0.averaging.form == .printed && $0.estimator == .flipout && $0.klWarmupEpochs == 9 }
    ),
    (
      "ivon", #""ivon": {"hessian": 1, "beta2": 0.9, "effectiveSampleSize": 100}"#,
      { $0.ivon.hessian == 1 && $0.ivon.beta2 == 0.9 && $0.ivon.effectiveSampleSize == 100 }
    ),
    (
      "hypernetwork", #""hypernetwork": {"hidden": [], "inputs": 3, "inputScale": 2, "inputNoise": 0.5, "dropout": 0}"#,
      {
        let network = $0.hypernetwork
        return network.hidden.isEmpty && network.inputs == 3 && network.inputScale == 2 && network.inputNoise == 0.5
          && network.dropout == 0
      }
    ),
    (
      "hypernetwork", #""hypernetwork": {"objective": "log-mean-exp"}"#,
      { $0.hypernetwork.objective == .logMeanExp }
    ),
    (
      "laplace",
      #""laplace": {"curvature": "full", "scope": "last-layer", "predictive": "sampled", "tunePrior": false}"#,
      {
        let laplace = $0.laplace
        return laplace.curvature == .full && laplace.scope == .lastLayer && laplace.predictive == .sampled
          && !laplace.tunePrior
      }
    ),
    (
      "bayes-by-backprop", #""prior": {"kind": "graves"}, "temperature": 0.5"#,
      { $0.prior.kind == .graves && $0.temperature == 0.5 }
    ),
  ]

  @Test(arguments: sections.indices) func whatBelongsToAMethod(_ index: Int) throws {
    let (method, keys, holds) = Self.sections[index]
    let configuration = try read(#""inference": {"method": "\#(method)", \#(keys)}"#)
    #expect(holds(configuration.inference))
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
  }

  @Test func onlyWhatHasAMeaningIsWritten() throws {
    let inference = { (configuration: SweepConfiguration) in configuration.json.object!["inference"]!.object! }
    let keys = inference(try read("")).keys
    #expect(!keys.contains("langevin") && !keys.contains("laplace") && keys.contains("estimator"))
    let chain = inference(try read(#""inference": {"method": "sgld"}"#))
    #expect(chain["langevin"]?.object?.keys == ["burnIn", "samples"] && chain["estimator"] == nil)
    // Where the method is searched, what belongs to each of them is there.
    let both = inference(try read(#""space": {"inference.method": {"values": ["ivon", "laplace"]}}"#))
    #expect(both["ivon"] != nil && both["laplace"] != nil && both["langevin"] == nil)
  }

  @Test func searchedMethodsMayHaveTheirSections() throws {
    let configuration = try read(
      #""inference": {"langevin": {"samples": 9}, "estimator": "flipout"}, "space": {"#
        + #""inference.method": {"values": ["bayes-by-backprop", "sgld"]}, "#
        + #""inference.langevin.burnIn": {"range": [0.1, 0.9], "when": {"inference.method": "sgld"}}}"#)
    #expect(configuration.objective.metric == "lppd" && configuration.inference.langevin.samples == 9)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    let result = try configuration.applying(
      Point(["inference.method": "sgld", "inference.langevin.burnIn": 0.25]))
    #expect(result.inference.method == .sgld && result.inference.langevin.burnIn == 0.25)
  }

  @Test func conditionsKeepContradictionsApart() throws {
    let prior = #""inference.prior.kind": {"values": ["gaussian", "laplace"]"#
    let method = #""inference.method": {"values": ["bayes-by-backprop", "ivon"]}"#
    #expect(throws: ConfigurationError.self) { try read(#""space": {\#(method), \#(prior)}}"#) }
    let condition = #", "when": {"inference.method": "bayes-by-backprop"}}"#
    let configuration = try read(#""space": {\#(method), \#(prior)\#(condition)}"#)
    #expect(configuration.objective.metric == "elbo")
    let point = Point(["inference.method": "ivon", "inference.prior.kind": "laplace"])
    #expect(throws: ConfigurationError.self) { try configuration.applying(point) }
  }

  /// A warm-up is measured by the epochs that a variational method can have.
  @Test func aWarmUpIsOfVariationalMethodsAlone() throws {
    let space =
      #""space": {"inference.method": {"values": ["bayes-by-backprop", "deep-ensemble"]}, "#
      + #""training.epochs": {"values": [50], "when": {"inference.method": "METHOD"}}}"#
    let sections = #""inference": {"klWarmupEpochs": 3000}, "training": {"epochs": 4000}, "#
    let ensemble = try read(sections + space.replacing("METHOD", with: "deep-ensemble"))
    #expect(ensemble.inference.klWarmupEpochs == 3000)
    let error = #expect(throws: ConfigurationError.self) {
      try read(sections + space.replacing("METHOD", with: "bayes-by-backprop"))
    }
    #expect(error?.description.contains("3000 is not below training.epochs, 50") == true)
  }

  @Test func theBoundsSamples() throws {
    #expect(try read(#""inference": {"evaluationSamples": 5000}"#).elboSamples == 100)
    #expect(try read(#""inference": {"evaluationSamples": 7}"#).elboSamples == 7)
    let given = try read(#""evaluation": {"elboSamples": 1000}"#)
    #expect(given.elboSamples == 1000)
    #expect(try SweepConfiguration(json: given.json) == given)
    #expect(throws: ConfigurationError.self) {
      try read(#""inference": {"method": "swag"}, "evaluation": {"elboSamples": 1000}"#)
    }
  }

  @Test(arguments: [
    #"{"idx": {"images": "a", "labels": "b"}}"#, #"{"npy": {"inputs": "a", "targets": "b"}}"#,
    #"{"cifar": {"batches": ["a", "b"], "testBatches": ["c"]}}"#,
  ]) func imagesForConvolutions(_ data: String) throws {
    let configuration = try read(
      #""model": {"architecture": "vgg", "width": 0.25, "activation": "gelu", "dropout": 0.1, "inputDropout": 0.2, "#
        + #""likelihood": {"kind": "categorical"}}"#, data: data)
    let model = configuration.model
    #expect(model.architecture == .vgg && model.width == 0.25 && model.activation == .gelu)
    #expect(model.dropout == 0.1 && model.inputDropout == 0.2)
    #expect(configuration.json.object?["model"]?.object?["hidden"] == nil)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    if let cifar = configuration.data?.cifar {
      #expect(cifar.batches == ["a", "b"] && cifar.testBatches == ["c"])
      #expect(configuration.data?.split.kind == .given && configuration.data?.standardize.inputs == false)
    }
  }

  @Test func schedulesAndStopping() throws {
    let training = try read(
      #""training": {"optimizer": "adamw", "weightDecay": 0, "clipNorm": 5, "earlyStopping": {}, "#
        + #""schedule": {"kind": "step", "everyEpochs": 3, "factor": 0.5, "warmupEpochs": 2}}"#
    ).training
    #expect(training.optimizer == .adamw && training.weightDecay == 0 && training.clipNorm == 5)
    #expect(training.earlyStopping?.patience == 20 && training.earlyStopping?.everyEpochs == 1)
    #expect(training.schedule.kind == .step && training.schedule.everyEpochs == 3 && training.schedule.factor == 0.5)
    #expect(training.schedule.warmupEpochs == 2)
    let other = try read(
      #""training": {"optimizer": "rmsprop", "decay": 0.5, "schedule": {"kind": "cyclical", "cycles": 2}}"#)
    #expect(other.training.decay == 0.5 && other.training.schedule.cycles == 2)
    #expect(try SweepConfiguration(json: other.json) == other)
  }

  @Test func aSearchedPatienceSwitchesStoppingOn() throws {
    let configuration = try read(#""space": {"training.earlyStopping.patience": {"values": [5, 10]}}"#)
    #expect(configuration.training.earlyStopping == nil)
    let result = try configuration.applying(Point(["training.earlyStopping.patience": 5]))
    #expect(result.training.earlyStopping?.patience == 5)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
  }

  @Test func scores() throws {
    let configuration = try read(
      #""objective": {"metric": "waic"}, "evaluation": {"scores": ["pruning", "clml", "weight-histogram"], "#
        + #""pruning": {"by": "graves", "fractions": [0, 0.5]}, "conditional": {"fraction": 0.5}}"#)
    #expect(configuration.scores == [.waic, .pruning, .clml, .weightHistogram])
    #expect(configuration.evaluation.pruning.by == .graves && configuration.evaluation.pruning.fractions == [0, 0.5])
    #expect(configuration.evaluation.conditional.fraction == 0.5 && configuration.objective.goal == .maximize)
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    let keys = configuration.json.object?["evaluation"]?.object?.keys
    #expect(keys == ["scores", "conditional", "pruning"])
  }

  @Test func exactEvidenceOfALinearModel() throws {
    let configuration = try read(#""model": {"hidden": []}, "objective": {"metric": "exact_evidence"}"#)
    #expect(configuration.scores == [.exactEvidence] && configuration.objective.goal == .maximize)
  }
}
