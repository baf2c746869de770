import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Keeps the inputs that it is given, and trains nothing.
private final class InputRecorder<Scalar: DensityScalar>: MinibatchObjective {
  let inputs: Int
  var parameterCount: Int { 1 }
  private(set) var seen: [[Scalar]] = []

  init(inputs: Int) { self.inputs = inputs }

  func initialParameters(key: RandomKey) -> Vector<Scalar> { Vector(count: 1) }

  func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    seen.append(Array(UnsafeBufferPointer(start: minibatch.inputs, count: minibatch.rows * inputs)))
    gradient[0] = 0
    return MinibatchLoss(negativeLogLikelihood: 0, complexity: 0, batchFraction: minibatch.fraction)
  }
}

/// What training does to the inputs of minibatches.
@Suite struct InputAugmentationTests {
  private static let image = ImageGeometry(height: 6, width: 5, channels: 2)

  private func settings(_ augmentation: InputAugmentation, batchSize: Int = 7, steps: Int = 30) -> TrainingSettings {
    TrainingSettings(
      optimizer: Adam(learningRate: 0.01), batchSize: batchSize, steps: steps, augmentation: augmentation)
  }

  private func inputs<Scalar: DensityScalar>(
    of data: Examples<Scalar>, _ augmentation: InputAugmentation, batchSize: Int = 7, steps: Int = 3, seed: UInt64 = 1
  ) throws -> [[Scalar]] {
    let recorder = InputRecorder<Scalar>(inputs: data.inputs.columns)
    let trainer = try Trainer(
      recorder, settings: settings(augmentation, batchSize: batchSize), data: data, key: RandomKey(seed: seed))
    for _ in 0..<steps { try trainer.step() }
    return recorder.seen
  }

  private func images<Scalar: DensityScalar>(rows: Int = 20) -> Examples<Scalar> {
    examples(.gaussian(scale: 1), rows: rows, inputs: Self.image.count, outputs: 1)
  }

  @Test func strengthsOfZeroLeaveTheInputsAsTheyAre() throws {
    let data: Examples<Float> = images()
    let clean = try inputs(of: data, .none)
    #expect(try inputs(of: data, InputAugmentation(noise: 0, shift: 0, image: Self.image)) == clean)
    var order = Minibatches(count: 20, batchSize: 7, key: RandomKey(seed: 1).folded(1))
    for step in 0..<3 {
      #expect(
        clean[step] == order.rows(step: step).flatMap { row in data.inputs.selecting(rows: [row]).elements.array })
    }
  }

  /// Mean, variance, and no correlation between neighbours, examples and steps.
  @Test func noiseIsStandardNormalTimesItsScale() throws {
    let data: Examples<Double> = examples(.gaussian(scale: 1), rows: 300, inputs: 7, outputs: 1)
    let steps = 20
    // The order of the examples is the same, and so is what is subtracted.
    let clean = try inputs(of: data, .none, batchSize: 300, steps: steps)
    let noisy = try inputs(of: data, InputAugmentation(noise: 0.3), batchSize: 300, steps: steps)
    let noise = zip(noisy, clean).map { zip($0, $1).map { ($0.0 - $0.1) / 0.3 } }
    let all = noise.flatMap(\.self)
    let count = Double(all.count)
    func mean(_ values: some Sequence<Double>) -> Double { values.reduce(0, +) / count }
    let bound = 4 / count.squareRoot()
    #expect(abs(mean(all)) < bound)
    #expect(abs(mean(all.map { $0 * $0 }) - 1) < 1.5 * bound)
    #expect(abs(mean(all.map { $0 * $0 * $0 * $0 }) - 3) < 10 * bound)
    for lag in [1, 7, 256, 2100] { #expect(abs(mean(zip(all, all.dropFirst(lag)).map { $0 * $1 })) < bound, "\(lag)") }
    #expect(Set(all).count == all.count)
  }

  /// An example that is one bright pixel says where it was moved to, and how far.
  @Test func shiftsAreNormalAndThoseOfTheKernel() throws {
    let image = ImageGeometry(height: 31, width: 31, channels: 1)
    let rows = 400
    var pixels = Matrix<Double>(rows: rows, columns: image.count)
    for row in 0..<rows { pixels[row, 15 * 31 + 15] = 1 }
    let data = Examples(inputs: pixels, targets: .values(Matrix(rows: rows, columns: 1)))
    let seen = try inputs(of: data, InputAugmentation(shift: 1.5, image: image), batchSize: 400, steps: 10)
    var moves: [(down: Double, right: Double)] = []
    for inputs in seen {
      for row in 0..<rows {
        let example = inputs[(row * image.count)..<((row + 1) * image.count)]
        // The mean place of a translated pixel is the place that it was moved to.
        let (down, right) = example.enumerated().reduce((-15.0, -15.0)) { sum, pixel in
          (sum.0 + pixel.element * Double(pixel.offset / 31), sum.1 + pixel.element * Double(pixel.offset % 31))
        }
        moves.append((down / 1.5, right / 1.5))
        #expect(abs(example.reduce(0, +) - 1) < 1e-12)
      }
    }
    let count = Double(moves.count)
    for part in [moves.map(\.down), moves.map(\.right)] {
      #expect(abs(part.reduce(0, +) / count) < 4 / count.squareRoot())
      #expect(abs(part.reduce(0) { $0 + $1 * $1 } / count - 1) < 6 / count.squareRoot())
      #expect(Set(part).count > 3900)
    }
    #expect(abs(moves.reduce(0) { $0 + $1.down * $1.right } / count) < 4 / count.squareRoot())
  }

  /// Noise is added to what was moved; both are the same whatever the other is.
  @Test func imagesAreMovedFirst() throws {
    let data: Examples<Double> = images()
    let none = try inputs(of: data, .none)
    let shifted = try inputs(of: data, InputAugmentation(shift: 0.8, image: Self.image))
    let noisy = try inputs(of: data, InputAugmentation(noise: 0.4))
    let both = try inputs(of: data, InputAugmentation(noise: 0.4, shift: 0.8, image: Self.image))
    for step in both.indices {
      for i in both[step].indices {
        #expect(abs(both[step][i] - shifted[step][i] - noisy[step][i] + none[step][i]) < 1e-12)
      }
    }
    #expect(shifted != none)
  }

  private func trainer(steps: Int = 30) throws -> Trainer<Float> {
    let model = BayesianModel(
      network: Network(inputs: Self.image.count, hidden: [9], outputs: 1), likelihood: .gaussian(scale: 0.3),
      prior: GaussianPrior())
    return try Trainer(
      BayesByBackprop().objective(model, initialization: .init(), maximumRows: 7),
      settings: settings(InputAugmentation(noise: 0.2, shift: 0.5, image: Self.image), steps: steps), data: images(),
      key: RandomKey(seed: 5))
  }

  @Test func aTrainingResumedFromItsStateIsTheUndisturbedOne() throws {
    let (whole, first, second) = (try trainer(), try trainer(), try trainer())
    while !whole.isFinished { try whole.step() }
    for _ in 0..<13 { try first.step() }
    try second.resume(from: first.state)
    while !second.isFinished { try second.step() }
    #expect(second.state == whole.state)
  }

  @Test func aStepAllocatesNoTensors() throws {
    let trainer = try trainer()
    for _ in 0..<5 { try trainer.step() }
    // Other tests allocate at the same time; in some of many tries none of them does.
    let quiet = try (0..<2000).contains { _ in
      let before = StorageStatistics.allocations
      try trainer.step()
      return StorageStatistics.allocations == before
    }
    #expect(quiet)
  }

  @Test func whatCannotBeIsSaid() {
    func message(_ augmentation: InputAugmentation) -> String {
      let data: Examples<Float> = images()
      let error = #expect(throws: TrainingError.self) { try inputs(of: data, augmentation) }
      return error.map { "\($0)" } ?? ""
    }
    #expect(message(.init(noise: -1)) == "the input noise is -1.0, expected a finite number, 0 or more")
    #expect(message(.init(shift: .infinity, image: Self.image)).hasPrefix("the shift is inf"))
    #expect(
      message(.init(shift: 1)) == "the image that is shifted is not known, expected 60 numbers, as the inputs have")
    let small = ImageGeometry(height: 2, width: 2, channels: 1)
    #expect(message(.init(shift: 1, image: small)).hasPrefix("the image that is shifted is 4 numbers"))
  }

  /// Bishop (1995): for a linear model training with noise of scale s is ridge regression with the penalty n s^2 |w|^2.
  /// Columns and targets have mean 0, so that the bias is 0 as well.
  @Test(arguments: [0.3, 1.0]) func noiseIsRidgeRegression(scale: Double) throws {
    let (rows, columns) = (30, 3)
    var features = Matrix(
      Vector<Double>.normal(RandomKey(seed: 1), count: rows * columns), rows: rows, columns: columns)
    for j in 0..<columns {
      let mean = (0..<rows).reduce(0) { $0 + features[$1, j] } / Double(rows)
      for i in 0..<rows { features[i, j] -= mean }
    }
    let e = Vector<Double>.normal(RandomKey(seed: 2), count: rows).array
    var targets = (0..<rows).map { features[$0, 0] - 0.7 * features[$0, 1] + 0.3 * features[$0, 2] + 0.2 * e[$0] }
    let mean = targets.reduce(0, +) / Double(rows)
    for i in 0..<rows { targets[i] -= mean }
    func ridge(_ penalty: Double) throws -> [Double] {
      try BayesianLinearModel(features: features, targets: targets, priorPrecision: penalty, noisePrecision: 1).mean
        .array
    }
    let expected = try ridge(Double(rows) * scale * scale)

    let model = BayesianModel(
      network: Network(inputs: columns, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1), prior: GaussianPrior()
    )
    let steps = 12_000
    let trainer = try Trainer(
      MaximumLikelihood().objective(model, initialization: .init(means: .fanIn), maximumRows: 10),
      settings: TrainingSettings(
        optimizer: Adam(learningRate: 0.05), batchSize: 10, steps: steps, schedule: .cosine(steps: steps),
        augmentation: InputAugmentation(noise: scale)),
      data: Examples(inputs: features, targets: .values(Matrix(targets, rows: rows, columns: 1))),
      key: RandomKey(seed: 3))
    while !trainer.isFinished { try trainer.step() }
    let found = trainer.state.parameters.array
    let shrinkage = zip(try ridge(1e-9), expected).map { ($0.0 - $0.1).magnitude }.max() ?? 0
    for (weight, ridge) in zip(found, expected) {
      #expect(abs(weight - ridge) < 0.012, "\(found), by ridge regression \(expected)")
    }
    #expect(shrinkage > 0.07 && abs(found[columns]) < 0.012)
  }
}
