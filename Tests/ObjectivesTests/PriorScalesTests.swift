import Foundation
import Objectives
import StudyModel
import Testing

/// Runs with a prior scale for each layer or weight.
@Suite struct PriorScalesRunTests: NetworkRunning {
  private func polynomials(_ scales: [Double]? = nil) -> SweepConfiguration {
    var result = SweepConfiguration()
    var data = DataConfiguration()
    data.builtin = .polynomial
    data.split.kind = DataConfiguration.Split.Kind.none
    data.standardize.inputs = false
    data.standardize.target = false
    result.data = data
    result.model.architecture = .polynomial
    result.model.degree = 3
    result.model.likelihood.scale = 0.1
    result.inference.method = .laplace
    result.inference.laplace.curvature = .full
    result.inference.laplace.tunePrior = false
    result.inference.prior.per = .weight
    result.inference.prior.scales = scales
    result.evaluation.scores = [.laplaceEvidence, .exactEvidence]
    result.objective.metric = "laplace_evidence"
    result.training.epochs = 1
    return result
  }

  /// A weight whose prior is narrow is not there.
  @Test func eachWeightHasItsOwn() throws {
    let whole = try run(polynomials([1, 1e-6, 1e-6, 1]), fold: 0)
    let evidence = try #require(whole["exact_evidence"])
    #expect(abs(evidence - (whole["laplace_evidence"] ?? .nan)) < 1e-6)
    // The golden evidence of degree 1.
    var line = polynomials()
    line.model.degree = 1
    line.inference.prior.per = nil
    let golden = try #require(try run(line, fold: 0)["exact_evidence"])
    #expect(abs(evidence - golden) < 1e-5, "\(evidence), \(golden)")
    // Those that are not listed have the scale of all.
    let listed = try run(polynomials([1, 1, 1, 1]), fold: 0)["exact_evidence"]
    #expect(try run(polynomials([1]), fold: 0)["exact_evidence"] == listed)
  }

  @Test func tooManyAreAnError() {
    let error = #expect(throws: ObjectiveError.self) { try run(polynomials([1, 1, 1, 1, 1]), fold: 0) }
    #expect("\(error!)" == "inference.prior.scales: there are 5, and the network has 4 weights")
  }

  private func survey(_ configuration: SweepConfiguration, _ sides: [Exploration.Side]) throws -> Survey {
    var assignment = assignment(configuration, fold: 0)
    assignment.exploration = Exploration(sides)
    let context = RecordingContext()
    _ = try makeObjective(for: configuration, directory: "/").run(assignment, context: context)
    return try #require(context.surveys.last)
  }

  private let scale = "inference.prior.scales"

  /// The targets are a line: the prior of the powers above it becomes narrow, whatever the place of the dimension.
  @Test func theEvidenceTellsWhichWeightsAreThere() throws {
    var configuration = polynomials()
    configuration.strategy.kind = .gradient
    configuration.strategy.method = .onlineLaplace
    configuration.training.learningRate = 0.02
    configuration.training.epochs = 3000
    let all = try survey(configuration, (0..<4).map { .init("\(scale).\($0)", 1e-3...3) })
    let found = all.optimum.coordinates
    #expect(found[0] > 0.2 && found[1] < 0.1 && found[2] < 0.1, "\(found)")
    configuration.inference.prior.scales = found
    let evidence = try run(configuration, fold: 0)["exact_evidence"] ?? .nan
    let before = try run(polynomials(), fold: 0)["exact_evidence"] ?? .nan
    #expect(evidence > before + 2 && abs(evidence - all.optimum.mean) < 0.5, "\(before), \(evidence), \(all.optimum)")
  }

  /// Of two layers one may be explored alone; the bound that is expected is that of an ordinary training.
  @Test(arguments: [InferenceConfiguration.Method.bayesByBackprop, .maximumAPosteriori])
  func someOfThem(method: InferenceConfiguration.Method) throws {
    var configuration = sine(samples: 50)
    configuration.data?.points = 120
    configuration.model.hidden = [10]
    configuration.model.likelihood.scale = 0.3
    configuration.inference.method = method
    configuration.inference.prior.scales = [1.5, 0.2]
    configuration.training.learningRate = 0.02
    configuration.training.epochs = 400
    configuration.objective.metric = method == .bayesByBackprop ? "elbo" : "nll"
    configuration.objective.goal = method == .bayesByBackprop ? .maximize : .minimize
    configuration.strategy.kind = .hypernetwork
    let survey = try survey(configuration, [.init("\(scale).1", 0.05...2)])
    #expect(survey.optimum.coordinates.count == 1 && survey.surface.count > 5)
    configuration.inference.prior.scales = [1.5, survey.optimum.coordinates[0]]
    let trained = try run(configuration, fold: 0)[configuration.objective.metric] ?? .nan
    let limit = method == .bayesByBackprop ? 8 : 0.1
    #expect(abs(trained - survey.optimum.mean) < limit, "\(trained), \(survey.optimum)")
  }
}
