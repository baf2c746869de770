import Foundation
import Objectives
import StudyModel
import Testing

/// Runs that train on inputs with noise and on shifted images.
@Suite struct AugmentedTrainingTests: NetworkRunning {
  private func images(
    in folder: TemporaryFolder, _ change: (inout SweepConfiguration) -> Void
  ) throws -> SweepConfiguration {
    let images = ShapeImages(rows: 90)
    try images.write(to: folder)
    var result = images.configuration(train: 60)
    result.training.epochs = 6
    (result.training.inputNoise, result.training.shift) = (0.1, 1)
    change(&result)
    return result
  }

  private func failure(_ configuration: SweepConfiguration, in folder: TemporaryFolder) -> String {
    let error = #expect(throws: (any Error).self) { try run(configuration, fold: 0, directory: folder.path) }
    return error.map { "\($0)" } ?? ""
  }

  @Test(arguments: [InferenceConfiguration.Method.maximumAPosteriori, .bayesByBackprop, .ivon, .sgld, .laplace])
  func stoppedAndResumed(method: InferenceConfiguration.Method) throws {
    let folder = try TemporaryFolder()
    let configuration = try images(in: folder) { $0.inference.method = method }
    func run(_ checkpoint: [UInt8]? = nil, _ context: RecordingContext = RecordingContext()) throws -> [String: Double]
    {
      try self.run(configuration, fold: 0, checkpoint: checkpoint, context: context, directory: folder.path)
    }
    let undisturbed = try run()
    let context = RecordingContext(stop: { $0 == 8 })
    #expect(throws: RunInterrupted.self) { try run(nil, context) }
    let checkpoint = try #require(context.checkpoints.last)
    #expect(try run(checkpoint.bytes) == undisturbed)
    var clean = configuration
    (clean.training.inputNoise, clean.training.shift) = (nil, nil)
    let without = try self.run(clean, fold: 0, directory: folder.path)
    #expect(without["nll"] != undisturbed["nll"])
    // Zero is none, to the last digit.
    (clean.training.inputNoise, clean.training.shift) = (0, 0)
    #expect(try self.run(clean, fold: 0, directory: folder.path) == without)
  }

  @Test func membersOfAnEnsembleHaveNoiseOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    let configuration = try images(in: folder) {
      $0.inference.method = .deepEnsemble
      $0.inference.members = 3
    }
    let one = try run(configuration, fold: 0, directory: folder.path, threads: 1)
    #expect(try run(configuration, fold: 0, directory: folder.path, threads: 3) == one)
  }

  /// Without noise Laplace's approximation of a linear model is made at the maximum, however short the training.
  @Test func laplaceKeepsWhatNoisyTrainingFinds() throws {
    var configuration = sine()
    configuration.model.architecture = .polynomial
    configuration.model.degree = 2
    configuration.inference.method = .laplace
    configuration.inference.laplace.tunePrior = false
    configuration.objective.metric = "lppd"
    let exact = try run(configuration)
    configuration.training.epochs = 60
    #expect(abs(try run(configuration)["rmse"]! - exact["rmse"]!) < 1e-4)
    configuration.training.epochs = 6
    configuration.training.inputNoise = 1e-6
    #expect(abs(try run(configuration)["rmse"]! - exact["rmse"]!) > 1e-2)
  }

  @Test func shiftsNeedImages() throws {
    let folder = try TemporaryFolder()
    try folder.write("a,b\n1,2\n2,3\n3,4\n4,6\n5,6\n6,7\n", to: "data.csv")
    var rows = sine()
    var data = DataConfiguration()
    (data.csv, data.target) = ("data.csv", "b")
    rows.data = data
    rows.training.shift = 0
    _ = try run(rows, fold: 0, directory: folder.path)
    rows.training.shift = 1
    let message = failure(rows, in: folder)
    #expect(message.hasPrefix("training.shift: needs images, and ") && message.hasSuffix("rows of a table; remove it"))
    let powers = try images(in: folder) {
      $0.model.architecture = .polynomial
      $0.model.degree = 2
    }
    #expect(failure(powers, in: folder) == "training.shift: needs images, and \"polynomial\" reads powers; remove it")
    let convolutions = try images(in: folder) {
      $0.model.architecture = .vgg
      $0.model.width = 0.05
      $0.training.epochs = 1
    }
    #expect(try run(convolutions, fold: 0, directory: folder.path)["nll"]?.isFinite == true)
  }
}
