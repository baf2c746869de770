extension SweepConfiguration {
  /// Reads a sweep file.
  ///
  /// - Parameters:
  ///   - fileName: Named by the errors.
  ///   - defaultName: The name of the study if the file gives none: the name of the file without its extension.
  ///   - purpose: What the file is read for.
  /// - Throws: `ConfigurationError` with everything that is wrong, not only the first fault.
  package init(
    parsing bytes: some Sequence<UInt8>, fileName: String, defaultName: String, for purpose: Purpose = .sweep
  ) throws(ConfigurationError) {
    let json: JSONValue
    do throws(JSONSyntaxError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw ConfigurationError(fileName: fileName, issues: [.init(ConfigurationPath(), error.description)])
    }
    try self.init(json: json, fileName: fileName, defaultName: defaultName, for: purpose)
  }

  package init(
    parsing text: String, fileName: String, defaultName: String, for purpose: Purpose = .sweep
  ) throws(ConfigurationError) {
    try self.init(parsing: text.utf8, fileName: fileName, defaultName: defaultName, for: purpose)
  }

  /// Reads a sweep file that is parsed already.
  package init(
    json: JSONValue, fileName: String = "", defaultName: String = "", for purpose: Purpose = .sweep
  ) throws(ConfigurationError) {
    self.init()
    var issues: [ConfigurationError.Issue] = []
    var file = json
    if var object = json.object {
      // Editors find the schema by this key.
      object["$schema"] = nil
      file = .object(object)
    }
    Self.schema.read(file, into: &self, ConfigurationPath(), &issues)
    if let object = file.object {
      if object["name"] == nil { takeName(defaultName, &issues) }
      issues += readSpace(of: object, faulty: Self.sections(of: issues), for: purpose)
    }
    if purpose == .training, issues.isEmpty { issues = keepOneConfiguration() }
    if !issues.isEmpty { throw ConfigurationError(fileName: fileName, issues: issues) }
  }

  /// The whole configuration with every default written out, as it is frozen when a study begins; what has no meaning
  /// for the chosen method, architecture and scores is left out. Reading it gives an equal configuration.
  package var json: JSONValue {
    var object = Self.schema.write(self)
    for key in strategy.keysWithoutMeaning { object = object.removing(["strategy", key][...]) }
    if !objective.isNetwork {
      for section in Self.networkSections { object[section] = nil }
      return .object(object)
    }
    for part in Relevance.all where !part.holds(in: self) {
      object = object.removing(part.path.split(separator: ".")[...])
    }
    return .object(object)
  }

  /// Reads the space and checks what lies between the sections. Sections with a fault of their own are left out,
  /// because their fields have their defaults now and would give messages that mislead.
  private mutating func readSpace(
    of file: JSONObject, faulty: Set<String>, for purpose: Purpose
  ) -> [ConfigurationError.Issue] {
    // Without a sound objective nothing is known of the names in the space, or of the sections that are needed.
    if faulty.contains("objective") { return [] }
    var reader = SpaceReader(hasFreeNames: !objective.isNetwork)
    space = reader.read(file["space"]?.object ?? [:])
    resolveDefaults(given: file)
    let allFaulty = faulty.union(Self.sections(of: reader.issues))
    return reader.issues + crossFieldIssues(given: file, faulty: allFaulty, for: purpose)
  }

  private static func sections(of issues: [ConfigurationError.Issue]) -> Set<String> {
    Set(
      issues.compactMap { issue in
        if case .key(let key)? = issue.path.components.first { key } else { nil }
      })
  }

  /// The same sweep under another name, for `--name`.
  package func named(_ name: String) throws(ConfigurationError) -> SweepConfiguration {
    var result = self
    do throws(ValueMismatch) {
      result.name = try ValueSchema<String>.studyName.read(.string(name))
    } catch {
      throw ConfigurationError(issues: [.init("name", error.message)])
    }
    return result
  }

  /// The parts that only a network has.
  static let networkSections = ["data", "model", "inference", "training", "evaluation", "memberRuns"]

  private mutating func takeName(_ name: String, _ issues: inout [ConfigurationError.Issue]) {
    do throws(ValueMismatch) {
      self.name = try ValueSchema<String>.studyName.read(.string(name))
    } catch {
      let message = "is missing, and the name of the file will not do: \(error.message); add \"name\": \"my-study\""
      issues.append(.init("name", message))
    }
  }

  /// Fills in the defaults that depend on other fields.
  private mutating func resolveDefaults(given file: JSONObject) {
    let objectiveFile = file["objective"]?.object
    if objectiveFile?["metric"] == nil { objective.metric = defaultMetric }
    if objectiveFile?["goal"] == nil {
      if let metric = NetworkMetric(rawValue: objective.metric) {
        objective.goal = metric.goal
      } else if objective.function != nil {
        objective.goal = .minimize
      }
    }
    guard var data else { return }
    let split = file["data"]?.object?["split"]?.object
    if split?["kind"] == nil, data.hasTestFiles { data.split.kind = .given }
    if split?["folds"] == nil { data.split.folds = data.split.kind == .kFold || data.split.kind == .uci ? 5 : 1 }
    // Pixels are between 0 and 1 already, and those that are 0 in nearly all images would be blown up.
    if data.idx != nil || data.cifar != nil, file["data"]?.object?["standardize"]?.object?["inputs"] == nil {
      data.standardize.inputs = false
    }
    self.data = data
  }

  private var defaultMetric: String {
    guard objective.isNetwork else { return "value" }
    let corners = corners(of: ["inference.method", "inference.temperature"])
    let metric: NetworkMetric = corners.allSatisfy { NetworkMetric.elbo.obstacle(in: $0) == nil } ? .elbo : .lppd
    return metric.rawValue
  }
}

extension SweepConfiguration.Objective {
  /// Whether runs train a network: neither a function nor a command is given.
  package var isNetwork: Bool { function == nil && command == nil }
}
