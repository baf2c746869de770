import Foundation
import Objectives
import StudyModel
import Testing

/// Polynomials through the whole of a training and a prediction, and sizes that cannot be.
@Suite struct PolynomialNetworkTests {
  private func cubic(in folder: TemporaryFolder, degree: Int) throws -> SweepConfiguration {
    var text = "x,y\n"
    for i in 0..<60 {
      let x = Double(i) / 30 - 1
      text += "\(x),\(1 + 2 * x - 5 * x * x * x)\n"
    }
    try folder.write(text, to: "cubic.csv")
    var result = SweepConfiguration()
    var data = DataConfiguration()
    data.csv = "cubic.csv"
    data.target = "y"
    result.data = data
    result.model.architecture = .polynomial
    result.model.degree = degree
    result.inference.method = .maximumLikelihood
    result.training.learningRate = 0.05
    result.training.epochs = 300
    result.objective.metric = "lppd"
    return result
  }

  private func assignment(_ configuration: SweepConfiguration) -> RunAssignment {
    RunAssignment(
      attempt: Attempt(run: RunID(trial: 0, index: 0), number: 1), fold: 0, seed: 0, point: Point(),
      configuration: configuration, checkpoint: nil)
  }

  /// The golden numbers of leave-one-out on the evidence example: Laplace's approximation of a linear model is exact, and
  /// so are its scores, whatever the number of samples.
  @Test(arguments: [
    (0, -80.5165077488), (1, 20.9730063910), (2, 21.0233723749), (5, 20.3807423950), (9, 20.2402374328),
  ])
  func leaveOneOutIsExact(_ degree: Int, _ golden: Double) throws {
    var configuration = SweepConfiguration()
    var data = DataConfiguration()
    data.builtin = .polynomial
    data.split.kind = .kFold
    data.split.folds = 20
    data.standardize.inputs = false
    data.standardize.target = false
    configuration.data = data
    configuration.model.architecture = .polynomial
    configuration.model.degree = degree
    configuration.model.likelihood.scale = 0.1
    configuration.inference.method = .laplace
    configuration.inference.evaluationSamples = 1
    configuration.inference.laplace.curvature = .full
    configuration.inference.laplace.tunePrior = false
    configuration.training.learningRate = 3e-2
    configuration.training.schedule.kind = .cosine
    configuration.training.batchSize = 20
    configuration.training.epochs = 4000
    configuration.objective.metric = "lppd"
    let objective = try makeObjective(for: configuration, directory: "/")
    var sum = 0.0
    for fold in 0..<20 {
      let assignment = RunAssignment(
        attempt: Attempt(run: RunID(trial: 0, index: fold), number: 1), fold: fold, seed: 0, point: Point(),
        configuration: configuration, checkpoint: nil)
      let metrics = try objective.run(assignment, context: RecordingContext())
      sum += try #require(metrics["lppd"])
      #expect(abs(metrics["lppd"]! + metrics["nll"]!) < 1e-12)
    }
    #expect(abs(sum - golden) < 1e-4, "\(sum)")
  }

  @Test func aSavedPolynomialPredicts() throws {
    let folder = try TemporaryFolder()
    let configuration = try cubic(in: folder, degree: 3)
    let trained = try trainNetwork(assignment(configuration), directory: folder.path, context: RecordingContext())
    let predictions = try TrainedNetworkPredictions(
      posterior: trained.file, named: "cubic", csv: "\(folder.path)/cubic.csv")
    // A straight line has 0.6 here.
    #expect(try #require(predictions.scores["rmse"]) < 0.05)
    for row in [0, 30, 59] {
      let x = Double(row) / 30 - 1
      let mean = try #require(predictions.rows[row][1].double)
      #expect(abs(mean - (1 + 2 * x - 5 * x * x * x)) < 0.15)
    }
  }

  @Test func aConstantPredictsItself() throws {
    let folder = try TemporaryFolder()
    let configuration = try cubic(in: folder, degree: 0)
    let trained = try trainNetwork(assignment(configuration), directory: folder.path, context: RecordingContext())
    let predictions = try TrainedNetworkPredictions(
      posterior: trained.file, named: "constant", csv: "\(folder.path)/cubic.csv")
    #expect(Set(predictions.rows.map { $0[1] }).count == 1)
  }

  @Test(arguments: [
    ("model.degree", 400), ("model.degree", 1_000_000_000), ("model.hidden", 1_000_000_000),
    ("inference.samples", 10_001),
  ])
  func sizesThatCannotBeAreNamed(_ path: String, _ number: Int) throws {
    let folder = try TemporaryFolder()
    var configuration = try cubic(in: folder, degree: 3)
    switch path {
    case "model.degree": configuration.model.degree = number
    case "model.hidden":
      configuration.model.architecture = .mlp
      configuration.model.hidden = [number, number]
    default: configuration.inference.samples = number
    }
    let error = #expect(throws: ObjectiveError.self) {
      try trainNetwork(assignment(configuration), directory: folder.path, context: RecordingContext())
    }
    #expect(error?.description.hasPrefix(path) == true)
  }
}
