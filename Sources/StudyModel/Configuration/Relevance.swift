/// A part of the file that has a meaning only where another field has one of some values: `inference.ivon` only for the
/// method "ivon". Given elsewhere it is an error, and it is written only where it has a meaning.
///
/// Fields that were in the file before there was more than one method, such as `training.momentum`, are not here: they
/// are written always, and studies that were begun then go on.
struct Relevance: Sendable {
  let path: String
  /// The field that decides; `evaluation.scores` holds several values.
  let selector: String
  let values: [String]

  private init<Value: RawRepresentable<String>>(_ path: String, _ selector: String, _ values: [Value]) {
    self.path = path
    self.selector = selector
    self.values = values.map(\.rawValue)
  }

  /// Sections stand before what is in them.
  static let all: [Self] = model + inference + training + evaluation

  private static let model: [Self] = [
    architecture("model.hidden", [.mlp]), architecture("model.width", [.lenet5, .vgg]),
    architecture("model.degree", [.polynomial]),
  ]

  private static let inference: [Self] =
    [
      method("inference.estimator", [.bayesByBackprop, .hwa]),
      method("inference.klWarmupEpochs", Method.allCases.filter(\.isVariational)),
      method("evaluation.elboSamples", Method.allCases.filter(\.isVariational)),
      method("inference.members", [.deepEnsemble]), method("memberRuns", [.deepEnsemble]),
      method("inference.langevin", Method.allCases.filter(\.isChain)),
      method("inference.langevin.burnIn", [.sgld, .preconditionedSGLD]),
      method("inference.langevin.cycles", [.cyclicalSGLD]),
      method("inference.langevin.exploration", [.cyclicalSGLD]),
      method("inference.langevin.preconditionerDecay", [.preconditionedSGLD]),
      method("inference.langevin.preconditionerEpsilon", [.preconditionedSGLD]),
      method("inference.averaging", [.swa, .swag, .hwa]), method("inference.averaging.rank", [.swag]),
      method("inference.averaging.form", [.hwa]), method("inference.ivon", [.ivon]),
      method("inference.hypernetwork", [.hypernetwork]), method("inference.laplace", [.laplace]),
      prior("inference.prior.scale", Prior.allCases.filter { $0 != .graves }),
      prior("inference.prior.per", [.gaussian]), prior("inference.prior.scales", [.gaussian]),
    ]

  private static let training: [Self] = [
    // A chain and ivon are rules of their own for a step, and the cycles of a chain are its schedule.
    method("training.optimizer", Method.allCases.filter { !$0.isChain && $0 != .ivon }),
    method("training.schedule", Method.allCases.filter { $0 != .cyclicalSGLD }),
    Self("training.weightDecay", "training.optimizer", [TrainingConfiguration.Optimizer.adamw]),
    Self("training.decay", "training.optimizer", [TrainingConfiguration.Optimizer.rmsprop]),
    Self("training.schedule.everyEpochs", "training.schedule.kind", [TrainingConfiguration.Schedule.Kind.step]),
    Self("training.schedule.factor", "training.schedule.kind", [TrainingConfiguration.Schedule.Kind.step]),
    Self("training.schedule.cycles", "training.schedule.kind", [TrainingConfiguration.Schedule.Kind.cyclical]),
  ]

  private static let evaluation: [Self] = [
    score("evaluation.importanceSamples", .importanceWeighted), score("evaluation.conditional", .clml),
    score("evaluation.ais", .ais), score("evaluation.pruning", .pruning), score("evaluation.fgsm", .fgsm),
  ]

  private typealias Method = InferenceConfiguration.Method
  private typealias Prior = InferenceConfiguration.Prior.Kind

  private static func method(_ path: String, _ methods: [Method]) -> Self { Self(path, "inference.method", methods) }

  private static func prior(_ path: String, _ kinds: [Prior]) -> Self { Self(path, "inference.prior.kind", kinds) }

  private static func architecture(_ path: String, _ architectures: [ModelConfiguration.Architecture]) -> Self {
    Self(path, "model.architecture", architectures)
  }

  private static func score(_ path: String, _ score: EvaluationConfiguration.Score) -> Self {
    Self(path, "evaluation.scores", [score])
  }

  /// Whether the part has a meaning at some point of the space.
  func holds(in configuration: SweepConfiguration) -> Bool {
    !configuration.possibleValues(of: selector).isDisjoint(with: values)
  }

  /// What is wrong with the part where it has no meaning.
  func message(in configuration: SweepConfiguration) -> String {
    if selector == "evaluation.scores" {
      return "belongs to the score \"\(values[0])\", which is not among evaluation.scores; remove it, or add the score"
    }
    let found = Spelling.list(configuration.possibleValues(of: selector).sorted())
    let remedy = values.count <= 4 ? "; remove it, or choose \(Spelling.list(values))" : "; remove it"
    return "has no meaning where \(selector) is \(found)\(remedy)"
  }
}

extension SweepConfiguration {
  /// The words that a field has in the file, or at some point of the space.
  func possibleValues(of path: String) -> Set<String> {
    if path == "evaluation.scores" { return Set(scores.map(\.rawValue)) }
    if case .values(let values) = space[path]?.domain { return Set(values.compactMap(\.string)) }
    guard case .value(let field) = Self.schema.lookup(path), let word = field.get(self)?.string else { return [] }
    return [word]
  }
}

extension JSONObject {
  /// The object without what a path names.
  func removing(_ path: some Collection<Substring>) -> JSONObject {
    guard let key = path.first.map(String.init) else { return self }
    var result = self
    if path.count == 1 {
      result[key] = nil
    } else if let inner = self[key]?.object {
      result[key] = .object(inner.removing(path.dropFirst()))
    }
    return result
  }
}
