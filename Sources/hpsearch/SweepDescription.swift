import Reports
import StudyModel

/// What a sweep file asks for, in a few lines.
struct SweepDescription {
  let file: String
  let configuration: SweepConfiguration
  /// The data of a network in words.
  let data: String?

  func text(style: Style) -> String {
    let rows =
      [
        ("study", configuration.name),
        ("objective", "\(configuration.objective.goal.rawValue) \(configuration.objective.metric) of \(subject)"),
        ("strategy", strategy), ("runs", runs),
      ] + (data.map { [("data", $0)] } ?? [])
    let lines = rows.map { name, words in
      style.bold(name) + String(repeating: " ", count: 11 - name.count) + words + "\n"
    }
    let space = configuration.space.summary.map { "  \($0)\n" }
    return style.green("ok") + "  \(file)\n" + lines.joined()
      + style.bold("space") + (space.isEmpty ? "      no dimension\n" : "\n" + space.joined())
  }

  private var strategy: String {
    let kind = configuration.strategy.kind.rawValue
    guard let left = configuration.dimensionsLeftToTrials, !left.isEmpty else { return kind }
    return "\(kind); by trials alone \(left.joined(separator: ", "))"
  }

  var json: JSONValue {
    let trials = configuration.plannedTrials
    let plan = configuration.plan
    var json: JSONObject = [
      "file": .string(file), "valid": true, "errors": [], "study": .string(configuration.name),
      "trials": trials.map { .integer($0) } ?? .null, "folds": .integer(plan.folds), "seeds": .integer(plan.seeds),
      "runs": trials.map { .integer($0 * plan.runsPerTrial) } ?? .null, "data": data.map { .string($0) } ?? .null,
      "configuration": configuration.json,
    ]
    if plan.memberRuns > 0 { json["member_runs"] = .integer(plan.memberRuns) }
    return .object(json)
  }

  static func json(_ error: ConfigurationError) -> JSONValue {
    let errors = error.issues.map { issue -> JSONValue in
      ["path": .string(issue.path.description), "message": .string(issue.message)]
    }
    return ["file": .string(error.fileName), "valid": false, "errors": .array(errors)]
  }

  private var subject: String {
    if let command = configuration.objective.command { return "the program \(command.joined(separator: " "))" }
    if let function = configuration.objective.function { return "the function \(function.rawValue)" }
    let (model, space) = (configuration.model, configuration.space)
    if space["model.architecture"] != nil { return "a Bayesian network; its architecture is searched" }
    switch model.architecture {
    case .lenet5: return "a Bayesian LeNet-5"
    case .vgg: return "a Bayesian VGG of width \(JSONValue.number(model.width).canonical.excerpt)"
    case .polynomial: return "a Bayesian polynomial"
    case .mlp: break
    }
    if space["model.hidden"] != nil { return "a Bayesian network; its hidden layers are searched" }
    let layers = model.hidden.map(String.init).joined(separator: ", ")
    return "a Bayesian network with \(layers.isEmpty ? "no hidden layer" : "hidden layers of \(layers)")"
  }

  private var runs: String {
    let plan = configuration.plan
    var each = "\(count(plan.folds, "fold")) x \(count(plan.seeds, "seed"))"
    if plan.memberRuns > 0 { each += " x (\(count(plan.memberRuns, "member run")) + 1)" }
    guard let trials = configuration.plannedTrials else { return "\(each) for each trial" }
    return "\(count(trials, "trial")) x \(each) = \(count(trials * plan.runsPerTrial, "run"))"
  }
}
