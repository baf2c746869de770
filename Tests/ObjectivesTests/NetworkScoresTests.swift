import Foundation
import Objectives
import StudyModel
import Synchronization
import Testing

/// The scores that a file asks for, and what a run says of them.
@Suite struct NetworkScoresTests: NetworkRunning {
  @Test func oneSetOfLikelihoodsServesBothScores() throws {
    func scores(_ scores: [EvaluationConfiguration.Score]) throws -> ([String: Double], questions: Int) {
      let questions = Mutex(0)
      let context = RecordingContext(stop: { number in
        questions.withLock { $0 = max($0, number) }
        return false
      })
      let metrics = try run(sine(scores, samples: 20), context: context)
      return (metrics, questions.withLock { $0 })
    }
    let (none, fewest) = try scores([])
    let (waic, afterWAIC) = try scores([.waic])
    let (both, afterBoth) = try scores([.waic, .psisLOO])
    #expect(both["waic"] == waic["waic"] && both["psis_loo"] != nil && none["waic"] == nil)
    // Twenty passes over the training data, each with a question.
    #expect(afterWAIC - fewest >= 20 && afterBoth - afterWAIC < 20)
  }

  @Test func theBoundNeedsFewerSamples() throws {
    func metrics(_ samples: Int, elboSamples: Int? = nil) throws -> [String: Double] {
      var configuration = sine(samples: 20)
      configuration.inference.evaluationSamples = samples
      configuration.evaluation.elboSamples = elboSamples
      return try run(configuration)
    }
    let (hundred, many) = (try metrics(100), try metrics(300))
    #expect(hundred["elbo"] == many["elbo"] && hundred["lppd"] != many["lppd"])
    #expect(try metrics(20, elboSamples: 100)["elbo"] == hundred["elbo"])
    let all = try metrics(300, elboSamples: 300)
    #expect(all["elbo"] != many["elbo"] && all["lppd"] == many["lppd"])
    #expect(try #require(all["elbo_standard_error"]) < many["elbo_standard_error"]!)
  }

  @Test func fewWeightsAreWarnedOf() throws {
    var configuration = sine([.ais, .clml], samples: 20)
    configuration.evaluation.ais.temperatures = 2
    configuration.evaluation.conditional.fraction = 0.5
    (configuration.inference.initialization.rhoLow, configuration.inference.initialization.rhoHigh) = (-1, 0)
    let context = RecordingContext()
    let metrics = try run(configuration, context: context)
    #expect(try #require(metrics["ais_effective_samples"]) < 5 && metrics["clml_effective_samples"]! < 5)
    let warnings = context.logs.filter { $0.contains("(effective sample size)") }
    #expect(warnings.count == 2, "\(context.logs)")
    #expect(warnings.first?.hasPrefix("ais: of 16 chains 1.") == true && warnings[0].contains("temperatures (2)"))
    #expect(
      warnings.last?.hasPrefix("clml: of 20 posterior samples ") == true && warnings[1].contains("fraction (0.5)"))

    configuration = sine([.ais], samples: 20)
    configuration.model.hidden = []
    configuration.model.likelihood.scale = 1
    configuration.evaluation.ais.temperatures = 400
    let quiet = RecordingContext()
    #expect(try #require(try run(configuration, context: quiet)["ais_effective_samples"]) > 8)
    #expect(!quiet.logs.contains { $0.contains("effective sample size") })
  }

  /// 40 rows in batches of 16: 3 steps an epoch.
  @Test(arguments: [2, 8, 19]) func thePathIsKeptInCheckpoints(question: Int) throws {
    func planes(_ context: RecordingContext) -> [String] { context.logs.filter { $0.hasPrefix("loss-plane: ") } }
    let configuration = sine([.lossPlane], samples: 20)
    let undisturbed = RecordingContext()
    let metrics = try run(configuration, context: undisturbed)
    #expect(planes(undisturbed).count == 1)
    let context = RecordingContext(stop: { $0 == question })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context) }
    let resumed = RecordingContext()
    #expect(try run(configuration, checkpoint: context.checkpoints.last?.bytes, context: resumed) == metrics)
    #expect(planes(resumed) == planes(undisturbed))
  }

  /// 3 steps an epoch: every second epoch of 40, the first and the last; a run that was stopped says the rest.
  @Test func theCurveGoesOn() throws {
    func curve(_ context: RecordingContext) -> [String] { context.logs.filter { $0.hasPrefix("learning-curve: ") } }
    var configuration = sine([.learningCurve], samples: 20)
    configuration.training.epochs = 40
    let undisturbed = RecordingContext()
    let metrics = try run(configuration, context: undisturbed)
    let epochs = curve(undisturbed).compactMap { $0.firstMatch(of: /"epoch":(\d+),/)?.1 }.compactMap { Int($0) }
    #expect(epochs == [1] + Array(stride(from: 2, through: 40, by: 2)))
    #expect(curve(undisturbed).allSatisfy { $0.contains("\"lppd\":") && $0.contains("\"rmse\":") })
    #expect(try run(sine([.learningCurve], samples: 20)) == run(sine(samples: 20)))

    let context = RecordingContext(stop: { $0 == 50 })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context) }
    let resumed = RecordingContext()
    #expect(try run(configuration, checkpoint: context.checkpoints.last?.bytes, context: resumed) == metrics)
    #expect(curve(context) + curve(resumed) == curve(undisturbed))
  }

  /// A loss stays finite however large the noise.
  @Test func noiseThatRunsAwayIsADivergence() throws {
    var configuration = sine(samples: 20)
    configuration.model.likelihood.scale = 1e-4
    configuration.model.likelihood.learned = true
    configuration.inference.method = .maximumAPosteriori
    configuration.objective.metric = "lppd"
    configuration.training.optimizer = .sgd
    // The first derivative of log noise is -1e8.
    configuration.training.learningRate = 3e-7
    let error = #expect(throws: ObjectiveError.self) { try run(configuration) }
    let reason = error?.description ?? ""
    #expect(reason.hasPrefix("the training diverged at step 3 of 18 (epoch 1): the learned noise is "), "\(reason)")
    for word in ["in log noise", "model.likelihood.scale", "no checkpoint", "training.learningRate (3e-07)"] {
      #expect(reason.contains(word), "\(reason)")
    }
  }

  /// Newton steps with a curvature that is far too small: every number is finite, and none means anything.
  @Test func aPosteriorFarFromItsTargetsIsADivergence() throws {
    var configuration = sine(samples: 20)
    configuration.inference.method = .ivon
    configuration.training.learningRate = 0.01
    configuration.training.epochs = 60
    let error = #expect(throws: ObjectiveError.self) { try run(configuration) }
    let reason = error?.description ?? ""
    #expect(reason.hasPrefix("the training diverged: the residuals of the training data are "), "\(reason)")
    #expect(reason.contains("the targets lie within") && reason.contains("inference.ivon.hessian (0.1)"), "\(reason)")
    configuration.inference.ivon.hessian = 100
    _ = try run(configuration)
  }

  @Test func numbersThatThereIsNoMemoryForAreNamedBeforeAnythingRuns() {
    func message(_ change: (inout SweepConfiguration) -> Void) -> String {
      var configuration = sine(samples: 20)
      change(&configuration)
      do {
        try checkObjective(for: configuration, directory: "/")
        return "no error"
      } catch { return "\(error)" }
    }
    for score in [EvaluationConfiguration.Score.waic, .psisLOO, .clml] {
      let text = message {
        $0.evaluation.scores = [score]
        $0.data?.points = 100_000
        $0.inference.evaluationSamples = 20_000
      }
      #expect(text.hasPrefix("inference.evaluationSamples: 20000, and \"\(score.rawValue)\""), "\(text)")
      #expect(text.contains("250000000"))
    }
    let members = message {
      $0.model.hidden = [1000, 1000]
      $0.inference.method = .deepEnsemble
      $0.inference.members = 10_000
      $0.objective.metric = "lppd"
    }
    #expect(members.hasPrefix("inference.members: 10000 times 1004001 weights"), "\(members)")
    let chain = message {
      $0.model.hidden = [1000, 1000]
      $0.inference.method = .sgld
      $0.inference.langevin.samples = 1_000_000
      $0.training.epochs = 1_000_000
      $0.objective.metric = "lppd"
    }
    #expect(chain.hasPrefix("inference.langevin.samples: 1000000 times"), "\(chain)")
    #expect(message { $0.evaluation.scores = [.waic, .psisLOO, .clml] } == "no error")
  }
}
