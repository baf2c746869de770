/// Why a training cannot begin or go on.
public enum TrainingError: Error, Hashable, Sendable {
  /// The data has another number of inputs than the model.
  case wrongInputs(expected: Int, found: Int)
  /// The data has another number of values a target than the model has outputs.
  case wrongOutputs(expected: Int, found: Int)
  /// A likelihood of classes and targets that are values, or the other way round.
  case wrongTargets(expected: String, found: String)
  case classOutOfRange(row: Int, found: Int, classes: Int)
  /// An input or a target is NaN or infinite.
  case notFinite(row: Int, what: String)
  /// A setting out of its range, a sample count of zero for example.
  case badSetting(name: String, found: String, expected: String)
  /// A state of another model, optimiser or collector.
  case wrongState(reason: String)
  /// The loss, a parameter or a derivative is NaN or infinite. The step is counted from 1; the layer is the first one with
  /// a number that is not finite, or nil when the loss alone is not.
  case diverged(step: Int, layer: String?, reason: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongInputs(let expected, let found):
      "the data has \(found) inputs and the model \(expected): the model must be made for the data"
    case .wrongOutputs(let expected, let found):
      "the data has \(found) values a target and the model \(expected) outputs: they must be equal"
    case .wrongTargets(let expected, let found):
      "the model's likelihood needs targets that are \(expected), and the data's are \(found)"
    case .classOutOfRange(let row, let found, let classes):
      "the target of row \(row) is class \(found); the model has \(classes) classes, from 0 to \(classes - 1)"
    case .notFinite(let row, let what):
      "\(what) of row \(row) is not a finite number; such rows must be left out or repaired"
    case .badSetting(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .wrongState(let reason):
      "the state does not fit this training: \(reason)"
    case .diverged(let step, let layer, let reason):
      "the training diverged at step \(step)\(layer.map { ", in \($0)" } ?? ""): \(reason); try a lower learning rate"
    }
  }
}
