import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// A run that chooses between listed activations, families of priors and widths within one training: each choice is relaxed
/// to a concrete distribution, whose temperature falls, and at the end is one value in every step.
struct RelaxedExploration {
  /// Of weights that options share: at higher rates those that learn fast win early.
  private static let highestRate = 5e-3

  private let plan: ExplorationPlan
  private let problem: RelaxedVariationalProblem<Float>
  /// For each choice of the problem the place among the exploration's; nil where it has one option.
  private let places: [Int?]
  private let choices: [Exploration.Choice]
  private let search: RelaxedSearch<Float>
  private let context: any RunContext

  /// - Throws: `ObjectiveError` where the configuration cannot be relaxed.
  init(_ exploration: Exploration, _ assignment: RunAssignment, data: StudyData, context: any RunContext) throws {
    plan = try ExplorationPlan(assignment, data: data)
    self.context = context
    choices = exploration.choices
    let options = try RelaxedOptions(choices, plan)
    let configuration = plan.configuration
    problem = RelaxedVariationalProblem(
      inputs: plan.fold.train.inputs.columns, outputs: plan.network.model.network.outputs,
      likelihood: plan.network.model.likelihood, activations: options.activations, priors: options.priors,
      widths: options.widths, samples: configuration.inference.samples,
      objective: configuration.objective.metric == "elbo" ? .evidence : .validation(plan.fold.validation),
      initialization: plan.network.initialization, training: plan.fold.train)
    let names = ["model.activation", "inference.prior.kind", "model.hidden"]
    places = names.map { name in exploration.choices.firstIndex { $0.dimension == name } }
    let settings = RelaxedSearchSettings(
      steps: plan.steps, optimizer: Adam(learningRate: min(Self.highestRate, configuration.training.learningRate)),
      batchSize: plan.batch,
      validationBatchSize: min(plan.batch, problem.validation.count))
    do {
      search = try RelaxedSearch(problem, settings: settings, key: plan.key.folded(0))
    } catch {
      throw ObjectiveError("strategy.relax: \(error)")
    }
    context.log(
      .info,
      "\(plan.dataName): chooses \(choices.map(\.dimension).joined(separator: ", ")) within one training, relaxed by the "
        + "concrete distribution")
    resume(from: assignment.checkpoint)
  }

  /// - Throws: `ObjectiveError` when it diverges; `RunInterrupted` when it is to stop.
  func run() throws -> [String: Double] {
    var lastCheckpoint = search.state.step
    while !search.isFinished {
      try pauseIfAsked(context, step: search.state.step, last: &lastCheckpoint) { search.state.encode() }
      do {
        try search.step()
      } catch {
        throw ObjectiveError("\(error)")
      }
      let step = search.state.step
      if step % max(1, plan.steps / 50) == 0 { context.report(step: step, of: plan.steps, metrics: [:]) }
    }
    let survey = survey()
    context.survey(survey)
    let answers = zip(choices, survey.probabilities).map { choice, probabilities in
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return "\(choice.dimension) \(choice.values[best].excerpt) (\(String(format: "%.2f", probabilities[best])))"
    }
    context.log(
      .info,
      "it chooses \(answers.joined(separator: ", ")): \(String(format: "%.5g", survey.optimum.mean)), after "
        + "\(survey.steps) steps")
    return ["steps": Double(survey.steps)]
  }

  private func survey() -> Survey {
    let tuning = FineTuningSettings(steps: 0, batchSize: plan.batch)
    let reader = RelaxedVerification(problem, tuning, key: plan.key.folded(1))
    let loss = reader.value(of: search.choices, weights: search.state.weights)
    let found = search.probabilities
    let probabilities = choices.indices.map { index in
      places.firstIndex(of: index).map { found[$0] } ?? []
    }
    // A step of the weights, and after the warm-up one of the logits.
    let steps = search.state.step + max(0, search.state.step - search.settings.warmupSteps)
    return Survey(
      surface: [], optimum: Survey.Value([], mean: plan.metric.value(ofLoss: loss)), path: [], steps: steps,
      probabilities: probabilities)
  }

  private func resume(from bytes: [UInt8]?) {
    guard let bytes else { return }
    do {
      try search.resume(from: RelaxedSearchState(decoding: bytes, expecting: search.state))
      context.log(.info, "goes on from the checkpoint after step \(search.state.step) of \(plan.steps)")
    } catch {
      context.log(.warning, "\(error); begins anew")
    }
  }
}

/// The options of a relaxed network: the listed values, or the configuration's own.
private struct RelaxedOptions {
  var activations: [Activation]
  var priors: [PriorOption]
  var widths: [[Int]]

  init(_ choices: [Exploration.Choice], _ plan: ExplorationPlan) throws {
    let configuration = plan.configuration
    func values(_ name: String) -> [JSONValue]? { choices.first { $0.dimension == name }?.values }
    activations = try (values("model.activation") ?? [.string(configuration.model.activation.rawValue)]).map { value in
      guard let activation = value.string.flatMap(Activation.init) else { throw Self.cannot("model.activation", value) }
      return activation
    }
    let kinds = values("inference.prior.kind") ?? [.string(configuration.inference.prior.kind.rawValue)]
    priors = try kinds.map { try Self.prior($0, configuration.inference.prior) }
    widths = try (values("model.hidden") ?? [.array(configuration.model.hidden.map { .integer($0) })]).map { value in
      let widths = value.array?.compactMap(\.int) ?? []
      guard widths.count == value.array?.count else { throw Self.cannot("model.hidden", value) }
      return widths
    }
  }

  private static func prior(
    _ kind: JSONValue, _ prior: InferenceConfiguration.Prior
  ) throws -> PriorOption {
    switch kind.string {
    case "gaussian": return .gaussian(scale: prior.scale)
    case "laplace": return .laplace(scale: prior.scale)
    case "scale-mixture":
      return .scaleMixture(
        weight: prior.mixture.weight, wide: prior.mixture.wide.map { exp($0) } ?? prior.scale,
        narrow: exp(prior.mixture.narrow))
    default: throw cannot("inference.prior.kind", kind)
    }
  }

  private static func cannot(_ name: String, _ value: JSONValue) -> ObjectiveError {
    ObjectiveError("\(name): \(value.excerpt) cannot be relaxed; it has to be searched by trials")
  }
}
