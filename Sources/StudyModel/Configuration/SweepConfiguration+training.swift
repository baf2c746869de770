extension SweepConfiguration {
  /// What a file is read for.
  package enum Purpose: Hashable, Sendable {
    /// A search. `strategy` says how long, and all of the file counts.
    case sweep
    /// The training of one network, with the values that stand in the sections. `space` and `strategy` may be missing;
    /// where they are given they are checked, and then left out.
    case training
  }

  /// Leaves the space and the strategy out, and checks what stands in the sections by itself.
  mutating func keepOneConfiguration() -> [ConfigurationError.Issue] {
    guard objective.isNetwork else {
      let key = objective.function == nil ? "command" : "function"
      let message = "is no network, and there is nothing to train; remove it"
      return [.init(ConfigurationPath([.key("objective"), .key(key)]), message)]
    }
    space = SearchSpace()
    strategy = Strategy()
    var check = CrossFieldCheck(configuration: self, file: [:])
    check.likelihood()
    check.inference()
    check.dropout()
    return check.issues + contradictions
  }

  /// The configuration of one training as JSON: `json` without the space and the strategy. It is read back for
  /// `Purpose.training`.
  package var trainingJSON: JSONValue {
    var configuration = self
    configuration.space = SearchSpace()
    var object = configuration.json.object ?? [:]
    object["space"] = nil
    object["strategy"] = nil
    return .object(object)
  }
}
