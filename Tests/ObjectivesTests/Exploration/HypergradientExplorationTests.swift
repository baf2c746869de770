import Foundation
import Objectives
import StudyModel
import Testing

/// Runs that follow the gradient of the objective with respect to the hyperparameters.
@Suite struct HypergradientExplorationTests: ExplorationRunning {
  private let prior = "inference.prior.scale"
  private let noise = "model.likelihood.scale"

  private func configuration(
    _ method: SweepConfiguration.Strategy.Hypergradient = .greedy, epochs: Int = 600, metric: String = "elbo"
  ) -> SweepConfiguration {
    var result = sine(samples: 50)
    result.data?.points = 120
    result.model.hidden = [10]
    result.model.likelihood.scale = 0.2
    result.training.learningRate = 0.02
    result.training.epochs = epochs
    if method == .unrolled || method == .drmad {
      result.inference.method = .maximumAPosteriori
      result.training.optimizer = .sgd
      result.training.learningRate = 2e-4
      result.training.batchSize = 80
      result.training.epochs = epochs / 3
    }
    result.objective.metric = metric
    result.objective.goal = metric == "nll" ? .minimize : .maximize
    result.strategy.kind = .gradient
    result.strategy.method = method
    return result
  }

  /// Of 60 points of a Sobol sequence the best has a prior scale of 0.9 and a noise of 0.4.
  @Test(arguments: [SweepConfiguration.Strategy.Hypergradient.greedy, .darts, .implicit, .neumann])
  func theEvidenceIsFollowed(method: SweepConfiguration.Strategy.Hypergradient) throws {
    var configuration = configuration(method)
    configuration.inference.prior.scale = 0.4
    configuration.model.likelihood.scale = 0.15
    let survey = try explore(configuration, [.init(prior, 0.1...1.5), .init(noise, 0.02...1)])
    #expect(survey.surface.isEmpty && survey.path.count > 20)
    let start = survey.path[0].coordinates
    #expect(abs(start[0] - 0.4) < 1e-6 && abs(start[1] - 0.15) < 1e-6, "it starts at the trial's point: \(start)")
    let found = survey.optimum.coordinates
    #expect((0.7...1.5).contains(found[0]) && (0.2...0.5).contains(found[1]), "\(survey.optimum)")
    let before = try run(configuration)["elbo"] ?? .nan
    configuration.inference.prior.scale = survey.optimum.coordinates[0]
    configuration.model.likelihood.scale = survey.optimum.coordinates[1]
    let end = try run(configuration)["elbo"] ?? .nan
    #expect(end > before + 30, "\(before) where it started, \(end) where it ended")
    // What it expects is near what an ordinary training gives.
    #expect(abs(survey.optimum.mean - end) < 25, "\(end), expected \(survey.optimum)")
  }

  /// A step of these is a whole training.
  @Test(arguments: [SweepConfiguration.Strategy.Hypergradient.unrolled, .drmad])
  func throughWholeTrainings(method: SweepConfiguration.Strategy.Hypergradient) throws {
    var configuration = configuration(method, metric: "nll")
    configuration.strategy.hyperSteps = 12
    configuration.strategy.hyperLearningRate = 0.1
    let survey = try explore(configuration, [.init(noise, 0.02...1)])
    #expect(survey.path.count == 12)
    let (first, last) = (try #require(survey.path.first), survey.optimum)
    #expect(last.coordinates != first.coordinates && last.mean < first.mean, "\(first) to \(last)")
  }

  @Test(arguments: ["lppd", "nll"]) func heldOutData(metric: String) throws {
    var configuration = configuration(metric: metric)
    configuration.model.likelihood.scale = 0.9
    let survey = try explore(configuration, [.init(noise, 0.02...1)])
    let sign: Double = metric == "nll" ? -1 : 1
    let start = try run(configuration)[metric] ?? .nan
    configuration.model.likelihood.scale = survey.optimum.coordinates[0]
    let end = try run(configuration)[metric] ?? .nan
    #expect(sign * end > sign * start + 0.5, "\(start) to \(end) at \(survey.optimum)")
    #expect(abs(survey.optimum.mean - end) < 0.5, "\(end), expected \(survey.optimum)")
  }

  @Test(arguments: SweepConfiguration.Strategy.Hypergradient.allCases.filter { $0 != .onlineLaplace })
  func stoppedAndResumed(method: SweepConfiguration.Strategy.Hypergradient) throws {
    var configuration = configuration(
      method, epochs: 20, metric: method == .unrolled || method == .drmad ? "nll" : "elbo")
    if method != .greedy && method != .darts { configuration.strategy.hyperSteps = 6 }
    try resumes(configuration, [.init(noise, 0.1...1)], stop: 4)
  }

  @Test func whatCannotBeExploredIsSaid() throws {
    #expect(refusal(configuration(), .init("training.learningRate", 0.1...1)).contains("searched by trials"))
    #expect(refusal(configuration(), .init(prior, 0...1)).contains("leaves the domain"))
    var wild = configuration()
    wild.training.learningRate = 1e20
    #expect(refusal(wild, .init(prior, 0.1...1)).contains("diverged at step"))
    // At a rate of 0 the network has no place for dropout.
    var dropped = configuration(metric: "nll")
    dropped.inference.method = .maximumAPosteriori
    #expect(refusal(dropped, .init("model.dropout", 0...0.5)).contains("leaves the domain"))
  }

  // MARK: Points

  /// At 0.15 the prior holds the weights back.
  @Test func aPriorOfAPointEstimate() throws {
    var configuration = configuration(metric: "nll")
    configuration.inference.method = .maximumAPosteriori
    configuration.inference.prior.scale = 0.15
    let survey = try explore(configuration, [.init(prior, 0.01...100)])
    let start = try run(configuration)["nll"] ?? .nan
    configuration.inference.prior.scale = survey.optimum.coordinates[0]
    let end = try run(configuration)["nll"] ?? .nan
    #expect(survey.optimum.coordinates[0] > 0.3 && end < start, "\(start) to \(end) at \(survey.optimum)")
    #expect(abs(survey.optimum.mean - end) < 0.3, "\(end), expected \(survey.optimum)")
  }

  /// Too much dropout is a loss on data without noise to speak of.
  @Test func aRateOfDropout() throws {
    var configuration = configuration(metric: "nll")
    configuration.inference.method = .maximumAPosteriori
    configuration.model.dropout = 0.4
    let survey = try explore(configuration, [.init("model.dropout", 0.01...0.6)])
    #expect(survey.optimum.coordinates[0] < 0.3, "\(survey.optimum)")
    #expect(survey.optimum.mean < survey.path[0].mean)
  }

  @Test func foldsTogether() throws {
    var configuration = configuration(.implicit, epochs: 100, metric: "nll")
    configuration.inference.method = .maximumAPosteriori
    configuration.strategy.folds = .together
    // An epoch of all folds is one step; the weights have to keep up with the noise.
    configuration.strategy.explorationEpochs = 2000
    let survey = try explore(configuration, [.init(noise, 0.02...1)], fold: 0)
    #expect((0.15...0.6).contains(survey.optimum.coordinates[0]), "\(survey.optimum)")
    // What it expects is the mean of what trainings on the folds give.
    var trained = configuration
    trained.model.likelihood.scale = survey.optimum.coordinates[0]
    let values = try (0..<3).map { try run(trained, fold: $0)["nll"] ?? .nan }
    let mean = values.reduce(0, +) / 3
    #expect(abs(survey.optimum.mean - mean) < 0.05 + 0.05 * abs(mean), "\(values), expected \(survey.optimum)")
    // The runs of the other folds have nothing to do.
    var other = assignment(configuration, fold: 1)
    other.exploration = Exploration([.init(noise, 0.02...1)])
    let context = RecordingContext()
    let metrics = try makeObjective(for: configuration, directory: "/").run(other, context: context)
    #expect(metrics == ["step": 0] && context.surveys.isEmpty)
  }

  @Test func theEvidenceOfLaplace() throws {
    var configuration = configuration(.onlineLaplace, epochs: 300, metric: "laplace_evidence")
    configuration.inference.method = .laplace
    configuration.inference.laplace.tunePrior = false
    configuration.inference.laplace.curvature = .full
    configuration.evaluation.scores = [.laplaceEvidence]
    let survey = try explore(configuration, [.init(prior, 0.05...20), .init(noise, 0.02...1)])
    let start = try run(configuration)["laplace_evidence"] ?? .nan
    configuration.inference.prior.scale = survey.optimum.coordinates[0]
    configuration.model.likelihood.scale = survey.optimum.coordinates[1]
    let end = try run(configuration)["laplace_evidence"] ?? .nan
    #expect(end > start + 10, "\(start) to \(end) at \(survey.optimum)")
    #expect(abs(survey.optimum.mean - end) < 25, "\(end), expected \(survey.optimum)")
  }
}
