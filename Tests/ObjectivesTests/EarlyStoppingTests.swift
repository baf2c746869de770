import Objectives
import StudyModel
import Testing

/// Where a run may stop early or go without a score, and still end well.
@Suite struct EarlyStoppingTests: NetworkRunning {
  /// Looks at the validation data every 4 epochs of 3 steps, and a patience that ends between two looks: a run that goes on
  /// from there waits for the next look, as an undisturbed one does.
  @Test(arguments: [14, 17, 20, 23, 26, 31]) func earlyStoppingResumesBetweenTwoLooks(_ question: Int) throws {
    var configuration = sine()
    configuration.training.epochs = 12
    configuration.inference.method = .maximumAPosteriori
    configuration.objective.metric = "lppd"
    configuration.training.earlyStopping = .init()
    configuration.training.earlyStopping?.patience = 1
    configuration.training.earlyStopping?.everyEpochs = 4
    let undisturbed = try run(configuration)
    #expect(undisturbed["best_epoch"] == 12)
    let context = RecordingContext(stop: { $0 == question })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context) }
    #expect(try run(configuration, checkpoint: context.checkpoints.last?.bytes) == undisturbed)
  }

  /// A rate at which the validation data becomes worse from the first epoch on: the best state is still one that has
  /// something collected.
  @Test(arguments: [InferenceConfiguration.Method.swa, .swag, .hwa, .sgld])
  func earlyStoppingWaitsForCollectedIterates(_ method: InferenceConfiguration.Method) throws {
    var configuration = sine()
    configuration.inference.method = method
    configuration.objective.metric = "lppd"
    configuration.training.epochs = 12
    configuration.training.learningRate = method == .sgld ? 1e-6 : 0.02
    configuration.training.earlyStopping = .init()
    configuration.training.earlyStopping?.patience = 1
    #expect(try #require(try run(configuration)["best_epoch"]) >= 6)
  }

  @Test func tooFewSamplesForKHatCostKHatAlone() throws {
    var configuration = sine()
    configuration.evaluation.scores = [.psisLOO]
    let context = RecordingContext()
    let metrics = try run(configuration, context: context)
    #expect(metrics["psis_loo"] != nil && metrics["k_hat"] == nil)
    #expect(context.logs.contains { $0.hasPrefix("psis-loo: 5 posterior samples are too few") })
    configuration.objective.metric = "k_hat"
    let error = #expect(throws: ObjectiveError.self) { try run(configuration) }
    #expect(error?.description.hasPrefix("psis-loo: 5 posterior samples are too few") == true)
  }
}
