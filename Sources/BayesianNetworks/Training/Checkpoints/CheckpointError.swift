/// Why some bytes are not the checkpoint that was expected.
public enum CheckpointError: Error, Hashable, Sendable {
  /// Fewer bytes than the file says it has.
  case truncated(expected: Int, found: Int)
  case badHeader(reason: String)
  /// The file is sound, but something else than a training state, or of another version.
  case notATrainingState(reason: String)
  case missingTensor(name: String)
  case unexpectedTensor(name: String)
  case wrongType(name: String, expected: String, found: String)
  case wrongShape(name: String, expected: [Int], found: [Int])
  /// A number is NaN or infinite.
  case notFinite(name: String, index: Int)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let expected, let found):
      "the checkpoint is truncated: \(expected) bytes expected, \(found) found; an earlier checkpoint is needed"
    case .badHeader(let reason):
      "the checkpoint's safetensors header is damaged: \(reason)"
    case .notATrainingState(let reason):
      "the file is not a checkpoint of a training: \(reason)"
    case .missingTensor(let name):
      "the checkpoint has no tensor \"\(name)\": it belongs to another model or optimizer"
    case .unexpectedTensor(let name):
      "the checkpoint has a tensor \"\(name)\" that this model and optimizer do not have"
    case .wrongType(let name, let expected, let found):
      "the checkpoint's tensor \"\(name)\" is of type \(found), expected \(expected)"
    case .wrongShape(let name, let expected, let found):
      "the checkpoint's tensor \"\(name)\" has the shape \(found), expected \(expected): it belongs to another model"
    case .notFinite(let name, let index):
      "the checkpoint's tensor \"\(name)\" holds a number that is not finite at index \(index)"
    }
  }
}
