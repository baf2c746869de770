import Foundation
import Objectives
import StudyModel
import Testing

/// Runs that learn the objective as a function of the prior and the noise.
@Suite struct HypernetworkExplorationTests: ExplorationRunning {
  private let names = ["inference.prior.scale", "model.likelihood.scale"]

  private func configuration(
    _ mode: SweepConfiguration.Strategy.Mode = .structured, epochs: Int = 400, metric: String = "elbo"
  ) -> SweepConfiguration {
    var result = sine(samples: 50)
    result.data?.points = 120
    result.model.hidden = [10]
    result.model.likelihood.scale = 0.2
    result.training.learningRate = 0.02
    result.training.epochs = epochs
    result.objective.metric = metric
    result.strategy.kind = .hypernetwork
    result.strategy.mode = mode
    return result
  }

  /// The value of a training at a point, by the run's own metric.
  private func trained(_ configuration: SweepConfiguration, at values: [Double]) throws -> Double {
    var own = configuration
    own.inference.prior.scale = values[0]
    if values.count > 1 { own.model.likelihood.scale = values[1] }
    // The bound of a training hangs on luck by some nats: the median of three.
    let all = try (0..<3).map { try run(own, trial: 10 + $0)[own.objective.metric] ?? .nan }
    return all.sorted()[1]
  }

  @Test(arguments: [SweepConfiguration.Strategy.Mode.structured, .global])
  func theSurfaceIsThatOfTrainings(mode: SweepConfiguration.Strategy.Mode) throws {
    let configuration = configuration(mode)
    let survey = try explore(configuration, [.init(names[0], 0.1...1.5)])
    #expect(survey.surface.count == 24 && survey.surface.allSatisfy { ($0.error ?? -1) >= 0 })
    #expect(survey.surface.allSatisfy { (0.1...1.5).contains($0.coordinates[0]) })
    #expect(mode == .global ? survey.path.isEmpty : survey.path.count > 20)
    let best = try trained(configuration, at: survey.optimum.coordinates)
    // A hypernetwork makes more steps than one training, and may come further; luck is about five nats here.
    #expect(survey.optimum.mean > best - 10, "\(best), predicted \(survey.optimum)")
    let (low, high) = (try trained(configuration, at: [0.1]), try trained(configuration, at: [1.5]))
    #expect(best > low + 50 && best > high - 10, "\(low), \(best), \(high)")
    let surface = survey.surface.sorted { $0.coordinates[0] < $1.coordinates[0] }
    #expect(surface[0].mean < survey.optimum.mean - 50)
  }

  @Test func priorAndNoiseTogether() throws {
    let configuration = configuration()
    let survey = try explore(configuration, [.init(names[0], 0.1...1.5), .init(names[1], 0.02...1)])
    #expect(survey.optimum.coordinates.count == 2)
    let (found, start) = (
      try trained(configuration, at: survey.optimum.coordinates), try trained(configuration, at: [1, 0.2])
    )
    #expect(found > start, "\(found), where it started \(start)")
  }

  @Test func theOrderOfTheSidesIsTheirs() throws {
    let survey = try explore(
      configuration(epochs: 30), [.init(names[1], 0.02...1), .init(names[0], 2...3)])
    #expect((0.02...1).contains(survey.optimum.coordinates[0]) && (2...3).contains(survey.optimum.coordinates[1]))
    #expect(survey.surface.allSatisfy { $0.coordinates[1] >= 2 })
  }

  @Test(arguments: ["lppd", "nll"]) func heldOutData(metric: String) throws {
    let survey = try explore(configuration(metric: metric), [.init(names[1], 0.02...1)])
    let sign: Double = metric == "nll" ? -1 : 1
    let trained = try run(configuration(metric: metric))[metric] ?? .nan
    #expect(sign * survey.optimum.mean > sign * trained - 0.5, "\(survey.optimum), at 0.2: \(trained)")
    #expect(abs(survey.optimum.mean) < 3)
  }

  @Test func aMixturesScales() throws {
    var configuration = configuration(epochs: 60)
    configuration.inference.prior.kind = .scaleMixture
    configuration.inference.prior.mixture.wide = 0
    let survey = try explore(
      configuration,
      [
        .init("inference.prior.mixture.wide", -1...1), .init("inference.prior.mixture.narrow", -7 ... -2),
        .init("inference.prior.mixture.weight", 0.2...0.8),
      ])
    for (value, range) in zip(survey.optimum.coordinates, [-1.0...1, -7.0 ... -2, 0.2...0.8]) {
      #expect(range.contains(value))
    }
  }

  @Test(arguments: SweepConfiguration.Strategy.Mode.allCases)
  func stoppedAndResumed(mode: SweepConfiguration.Strategy.Mode) throws {
    try resumes(configuration(mode, epochs: 40), [.init(names[0], 0.1...1.5)], stop: 70)
  }

  @Test func theUnidentifiedMethodIsWarnedOf() throws {
    let context = RecordingContext()
    _ = try explore(configuration(.localFixed, epochs: 5), [.init(names[0], 0.1...1.5)], context: context)
    #expect(context.logs.contains { $0.contains("not identified") })
  }

  @Test func whatCannotBeExploredIsSaid() throws {
    #expect(refusal(configuration(), .init("training.learningRate", 0.1...1)).contains("searched by trials"))
    #expect(refusal(configuration(), .init("inference.prior.mixture.narrow", -7 ... -2)).contains("searched by trials"))
    #expect(refusal(configuration(), .init(names[0], 0...1)).contains("leaves the domain"))
    var wild = configuration()
    wild.training.learningRate = 1e20
    #expect(refusal(wild, .init(names[0], 0.1...1)).contains("diverged at step"))
  }
}
