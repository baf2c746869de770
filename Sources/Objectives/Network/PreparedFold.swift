import BayesianNetworks
import Datasets
import StudyModel
import Tensors

/// The parts of one split as a network sees them.
struct PreparedFold: Sendable {
  let train: Examples<Float>
  let validation: Examples<Float>
  /// The way from the network's outputs to the target's own units.
  let scaling: TargetScaling
  /// Whether all inputs are numbers from 0 to 1, as pixels are.
  let inputsAreUnitInterval: Bool

  /// - Throws: `ObjectiveError` when a number is beyond the range of Float.
  init(
    _ dataset: Dataset, _ split: Split, _ standardize: DataConfiguration.Standardize
  ) throws(ObjectiveError) {
    let inputTransform = standardize.inputs ? Standardization(fittedOn: dataset.inputs, rows: split.train) : nil
    var targetTransform: Standardization?
    if case .values(let values) = dataset.target, standardize.target {
      targetTransform = Standardization(fittedOn: split.train.map { values[$0] })
    }
    scaling = targetTransform.map { TargetScaling(mean: $0.means[0], scale: $0.scales[0]) } ?? .identity

    func examples(_ rows: [Int]) -> Examples<Float> {
      let inputs = Matrix(
        dataset.inputs.floats(rows: rows, transform: inputTransform), rows: rows.count, columns: dataset.inputs.columns)
      switch dataset.target {
      case .values(let values):
        let targets = rows.map { Float(targetTransform?.standardized(values[$0]) ?? values[$0]) }
        return Examples(inputs: inputs, targets: .values(Matrix(targets, rows: rows.count, columns: 1)))
      case .classes(let labels, _):
        return Examples(inputs: inputs, targets: .classes(rows.map { Int32(labels[$0]) }))
      }
    }
    train = examples(split.train)
    validation = examples(split.validation)
    inputsAreUnitInterval =
      !standardize.inputs && train.inputs.elements.array.allSatisfy { $0 >= 0 && $0 <= 1 }
    guard train.isFinite, validation.isFinite else {
      throw ObjectiveError(
        "\(dataset.name): a value is beyond the range of single precision; give the column in larger units, "
          + "or standardise"
      )
    }
  }

  private init(train: Examples<Float>, validation: Examples<Float>, like other: PreparedFold) {
    self.train = train
    self.validation = validation
    scaling = other.scaling
    inputsAreUnitInterval = false
  }

  /// Each input x as x, x^2, ..., x^degree.
  ///
  /// - Throws: `ObjectiveError` when a power is beyond the range of Float.
  func raisedToPowers(degree: Int) throws(ObjectiveError) -> PreparedFold {
    let numbers = Double(train.count + validation.count) * Double(train.inputs.columns) * Double(degree)
    guard numbers <= Self.mostPowers else {
      throw ObjectiveError(
        "model.degree: powers up to \(degree) of all inputs are \(Float(numbers)) numbers; the limit is "
          + "\(Float(Self.mostPowers))")
    }
    func raised(_ examples: Examples<Float>) -> Examples<Float> {
      Examples(inputs: examples.inputs.powers(degree: degree), targets: examples.targets)
    }
    let fold = PreparedFold(train: raised(train), validation: raised(validation), like: self)
    guard fold.train.isFinite, fold.validation.isFinite else {
      throw ObjectiveError(
        "model.degree: a power up to \(degree) of an input is beyond the range of single precision; a lower degree, or "
          + "data.standardize.inputs")
    }
    return fold
  }

  private static let mostPowers = 1e9

  var bytes: Int {
    (train.count + validation.count) * (train.inputs.columns + 1) * MemoryLayout<Float>.stride
  }
}

extension Examples {
  fileprivate var isFinite: Bool {
    let inputsAreFinite = Scalar.allFinite(inputs.unsafePointer, count: inputs.rows * inputs.columns)
    guard case .values(let values) = targets else { return inputsAreFinite }
    return inputsAreFinite && Scalar.allFinite(values.unsafePointer, count: values.rows * values.columns)
  }
}
