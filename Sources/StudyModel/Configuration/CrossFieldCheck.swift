extension SweepConfiguration {
  /// What is wrong between the fields of the file; a rule is left out where a section it looks at has a fault already.
  func crossFieldIssues(
    given file: JSONObject, faulty: Set<String>, for purpose: Purpose
  ) -> [ConfigurationError.Issue] {
    var check = CrossFieldCheck(configuration: self, file: file)
    check.objective()
    if purpose == .sweep, !faulty.contains("strategy") { check.strategy() }
    if objective.isNetwork {
      if !faulty.contains("data") { check.data() }
      if faulty.isDisjoint(with: ["data", "model", "space"]) { check.likelihood() }
      if faulty.isDisjoint(with: ["inference", "space"]) { check.inference() }
      if faulty.isDisjoint(with: ["inference", "model", "space"]) { check.dropout() }
      if !faulty.contains("space") { check.relevance(faulty: faulty) }
      if faulty.isDisjoint(with: ["data", "model", "inference", "training", "evaluation", "space"]) {
        check.contradictions()
      }
    }
    if purpose == .sweep, faulty.isDisjoint(with: ["space", "strategy"]),
      objective.function == nil || objective.command == nil
    {
      check.space()
    }
    return check.issues
  }
}

/// The rules that need more than one field.
struct CrossFieldCheck {
  let configuration: SweepConfiguration
  let file: JSONObject
  var issues: [ConfigurationError.Issue] = []

  init(configuration: SweepConfiguration, file: JSONObject) {
    self.configuration = configuration
    self.file = file
  }

  mutating func issue(_ path: ConfigurationPath, _ message: String) {
    issues.append(.init(path, message))
  }

  /// What stands in the file at a path; nil if the default is meant.
  func given(_ path: ConfigurationPath) -> JSONValue? {
    var value: JSONValue? = .object(file)
    for component in path.components {
      if case .key(let key) = component { value = value?.object?[key] }
    }
    return value
  }

  mutating func objective() {
    let objective = configuration.objective
    if objective.function != nil, objective.command != nil {
      issue("objective", "has both \"function\" and \"command\"; give one of them")
    }
    if objective.timeout != nil, objective.command == nil {
      issue("objective.timeout", "belongs to a command; remove it")
    }
    if objective.isNetwork {
      if NetworkMetric(rawValue: objective.metric) == nil { unknownMetric(objective.metric) }
      return
    }
    let kind = objective.function == nil ? "a command" : "a function"
    for section in SweepConfiguration.networkSections where file[section] != nil {
      issue(.init([.key(section)]), "has no meaning for an objective that is \(kind), not a network; remove it")
    }
    let goalIsKnown = objective.function != nil || NetworkMetric(rawValue: objective.metric) != nil
    if !goalIsKnown, given("objective.goal") == nil {
      issue(
        "objective.goal",
        "is missing for the metric \"\(objective.metric)\"; add \"goal\": \"minimize\" or \"maximize\"")
    }
  }

  private mutating func unknownMetric(_ name: String) {
    let known = NetworkMetric.allCases.map(\.rawValue)
    if name.hasSuffix(NetworkMetric.standardErrorSuffix) {
      issue("objective.metric", "a standard error is no objective; name the metric itself")
      return
    }
    let hint = Spelling.nearest(to: name, in: known).map { "did you mean \"\($0)\"?" }
    let families = ["fgsm_error_0.1", "pruned_error_0.95", "pruned_rmse_0.95"]
    let remedy = hint ?? "a network has \(Spelling.list(known + families, "and"))"
    issue("objective.metric", "unknown metric \(JSONValue.string(name).excerpt); \(remedy)")
  }

  mutating func likelihood() {
    let likelihood = configuration.model.likelihood
    let kind = likelihood.kind
    let path = "model.likelihood.kind"
    if isSearched(path) {
      issue(
        ConfigurationPath([.key("space"), .key(path)]),
        "cannot be searched: the likelihood says how the target is read and which metrics there are; "
          + "make one study for each likelihood")
      return
    }
    if likelihood.learned, kind == .categorical {
      issue("model.likelihood.learned", "a categorical likelihood has no noise to learn; remove it")
    }
    if kind == .categorical, let builtin = configuration.data?.builtin {
      issue("model.likelihood.kind", "\"\(builtin.rawValue)\" is a regression set; use \"gaussian\"")
    }
    if kind == .gaussian, let data = configuration.data {
      if data.idx != nil { issue("model.likelihood.kind", "the labels of idx files are classes; use \"categorical\"") }
      if data.cifar != nil { issue("model.likelihood.kind", "the labels of CIFAR are classes; use \"categorical\"") }
    }
  }

  mutating func inference() {
    let start = configuration.inference.initialization
    if start.rhoLow > start.rhoHigh, !isSearched("inference.initialization.rhoLow", "inference.initialization.rhoHigh")
    {
      issue(
        "inference.initialization",
        "rhoLow (\(start.rhoLow)) is above rhoHigh (\(start.rhoHigh)); the lower end comes first")
    }
    mixture()
  }

  /// Every value that a dimension lists; nil where the path is not searched, or over a range.
  func searched(_ path: String) -> [JSONValue]? {
    if case .values(let values) = configuration.space[path]?.domain { values } else { nil }
  }

  func isSearched(_ paths: String...) -> Bool {
    paths.contains { configuration.space[$0] != nil }
  }
}
