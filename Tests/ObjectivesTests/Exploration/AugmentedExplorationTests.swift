import Foundation
import Objectives
import StudyModel
import Tensors
import Testing

/// Explorations of input noise and of shifts, and of others where these are fixed.
@Suite struct AugmentedExplorationTests: NetworkRunning {
  private let noise = "training.inputNoise"
  private let shift = "training.shift"

  private func explore(
    _ configuration: SweepConfiguration, _ sides: [Exploration.Side], context: RecordingContext = RecordingContext(),
    checkpoint: [UInt8]? = nil, in folder: TemporaryFolder
  ) throws -> Survey {
    var assignment = assignment(configuration, fold: 0, checkpoint: checkpoint)
    assignment.exploration = Exploration(sides)
    _ = try makeObjective(for: configuration, directory: folder.path).run(assignment, context: context)
    return try #require(context.surveys.last)
  }

  /// 40 rows for 20 weights that are small, with as much noise: ridge regression is far better than least squares.
  private func linear(in folder: TemporaryFolder, _ kind: SweepConfiguration.Strategy.Kind) throws -> SweepConfiguration
  {
    let (rows, columns) = (240, 20)
    let x = Vector<Double>.normal(RandomKey(seed: 1), count: rows * columns).array
    let w = Vector<Double>.normal(RandomKey(seed: 2), count: columns).array
    let e = Vector<Double>.normal(RandomKey(seed: 3), count: rows).array
    var text = (0..<columns).map { "x\($0)," }.joined() + "y\n"
    for row in 0..<rows {
      let inputs = x[(row * columns)..<((row + 1) * columns)]
      let y = zip(inputs, w).reduce(1.2 * e[row]) { $0 + 0.25 * $1.0 * $1.1 }
      text += inputs.map { "\($0)," }.joined() + "\(y)\n"
    }
    try folder.write(text, to: "linear.csv")
    var result = SweepConfiguration()
    var data = DataConfiguration()
    (data.csv, data.target) = ("linear.csv", "y")
    data.split.fraction = 200.0 / 240
    result.data = data
    result.model.hidden = []
    result.model.likelihood.scale = 0.7
    result.inference.method = .maximumLikelihood
    result.training.batchSize = 40
    result.training.epochs = 1500
    result.training.learningRate = 0.01
    result.objective.metric = "nll"
    result.objective.goal = .minimize
    result.strategy.kind = kind
    return result
  }

  /// The nll of an ordinary training, with a rate that falls to 0.
  private func trained(_ configuration: SweepConfiguration, noise: Double, in folder: TemporaryFolder) throws -> Double
  {
    var own = configuration
    own.training.inputNoise = noise
    own.training.schedule.kind = .cosine
    return try run(own, fold: 0, directory: folder.path)["nll"] ?? .nan
  }

  @Test(arguments: [SweepConfiguration.Strategy.Kind.hypernetwork, .gradient])
  func aGoodInputNoiseIsFound(kind: SweepConfiguration.Strategy.Kind) throws {
    let folder = try TemporaryFolder()
    var configuration = try linear(in: folder, kind)
    configuration.training.inputNoise = 0.1
    let survey = try explore(configuration, [.init(noise, 0.03...5)], in: folder)
    let found = survey.optimum.coordinates[0]
    let values = try [0.1, 0.3, 0.6, 1, 1.7, 3].map { try trained(configuration, noise: $0, in: folder) }
    let (best, atFound) = (values.min()!, try trained(configuration, noise: found, in: folder))
    #expect(
      atFound < best + 0.02 && values[0] > best + 0.1 && values[5] > best + 0.03, "\(values), \(atFound) at \(found)")
    #expect(abs(survey.optimum.mean - atFound) < 0.05, "\(atFound), expected \(survey.optimum)")
    if let surface = survey.surface.max(by: { $0.coordinates[0] > $1.coordinates[0] }) {
      #expect(surface.mean > survey.optimum.mean + 0.05)
    }
  }

  /// A Bayesian network's held-out likelihood has the noise in it through the posterior alone.
  @Test func ofABayesianNetwork() throws {
    let folder = try TemporaryFolder()
    var configuration = try linear(in: folder, .hypernetwork)
    configuration.inference.method = .bayesByBackprop
    configuration.inference.prior.scale = 10
    configuration.training.epochs = 400
    configuration.training.inputNoise = 0.1
    let survey = try explore(configuration, [.init(noise, 0.03...5)], in: folder)
    let found = survey.optimum.coordinates[0]
    #expect((0.25...2.5).contains(found), "\(survey.optimum)")
  }

  /// With noise in the file an exploration of something else expects what trainings with that noise give.
  @Test func aFixedNoiseIsInWhatIsExplored() throws {
    let folder = try TemporaryFolder()
    var configuration = try linear(in: folder, .hypernetwork)
    configuration.training.inputNoise = 0.5
    let scale = "model.likelihood.scale"
    let survey = try explore(configuration, [.init(scale, 0.3...2)], in: folder)
    configuration.model.likelihood.scale = survey.optimum.coordinates[0]
    let noisy = try trained(configuration, noise: 0.5, in: folder)
    let clean = try trained(configuration, noise: 0, in: folder)
    #expect(abs(survey.optimum.mean - noisy) < 0.02, "\(noisy), expected \(survey.optimum)")
    #expect(clean > noisy + 0.05, "\(noisy) with and \(clean) without noise")
  }

  @Test func aShiftOfImagesIsFound() throws {
    let folder = try TemporaryFolder()
    let images = ShapeImages(rows: 440)
    try images.write(to: folder)
    var configuration = images.configuration(train: 40)
    configuration.strategy.kind = .hypernetwork
    configuration.training.epochs = 300
    configuration.training.shift = 0.1
    let survey = try explore(configuration, [.init(shift, 0.05...4)], in: folder)
    let found = survey.optimum.coordinates[0]
    func trained(_ shift: Double) throws -> Double {
      var own = configuration
      own.training.shift = shift
      return try run(own, fold: 0, directory: folder.path)["nll"] ?? .nan
    }
    let (start, end) = (try trained(0.1), try trained(found))
    #expect(found > 0.3 && end < start - 0.1, "\(start) at 0.1, \(end) at \(found), expected \(survey.optimum)")
  }

  @Test(arguments: [SweepConfiguration.Strategy.Kind.hypernetwork, .gradient])
  func stoppedAndResumed(kind: SweepConfiguration.Strategy.Kind) throws {
    let folder = try TemporaryFolder()
    let images = ShapeImages(rows: 60)
    try images.write(to: folder)
    var configuration = images.configuration(train: 40)
    configuration.strategy.kind = kind
    configuration.training.epochs = 15
    (configuration.training.inputNoise, configuration.training.shift) = (0.1, 0.5)
    let sides = [Exploration.Side(shift, 0.05...2), .init(noise, 0.01...1)]
    let whole = try explore(configuration, sides, in: folder)
    #expect((0.05...2).contains(whole.optimum.coordinates[0]) && (0.01...1).contains(whole.optimum.coordinates[1]))
    let context = RecordingContext(stop: { $0 == 4 })
    #expect(throws: RunInterrupted.self) { try explore(configuration, sides, context: context, in: folder) }
    let checkpoint = try #require(context.checkpoints.last)
    #expect(try explore(configuration, sides, checkpoint: checkpoint.bytes, in: folder) == whole)
  }

  @Test func anEvidenceIsNotExplored() throws {
    let folder = try TemporaryFolder()
    var configuration = try linear(in: folder, .hypernetwork)
    configuration.inference.method = .bayesByBackprop
    (configuration.objective.metric, configuration.objective.goal) = ("elbo", .maximize)
    let error = #expect(throws: (any Error).self) {
      try explore(configuration, [.init(noise, 0.1...1)], in: folder)
    }
    #expect("\(try #require(error))".contains("searched by trials"))
  }
}
