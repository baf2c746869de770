/// Why some bytes are not the file that was expected: the checkpoint of a training, or a saved posterior.
public enum CheckpointError: Error, Hashable, Sendable {
  /// Fewer bytes than the file says it has.
  case truncated(expected: Int, found: Int)
  case badHeader(reason: String)
  /// The file is sound, but something else than a training state, or of another version.
  case notATrainingState(reason: String)
  /// The file is sound, but something else than a saved posterior, or of another version.
  case notAPosterior(reason: String)
  /// A part of the metadata is missing or cannot be.
  case badMetadata(key: String, reason: String)
  case missingTensor(name: String)
  case unexpectedTensor(name: String)
  case wrongType(name: String, expected: String, found: String)
  case wrongShape(name: String, expected: [Int], found: [Int])
  /// A number is NaN or infinite.
  case notFinite(name: String, index: Int)
  /// A number is finite and cannot be all the same.
  case badNumber(name: String, index: Int, expected: String)
  /// There is no way to write this kind of posterior or prior.
  case notStorable(what: String)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let expected, let found):
      "the file is truncated: \(expected) bytes expected, \(found) found; an earlier copy is needed"
    case .badHeader(let reason):
      "the safetensors header is damaged: \(reason)"
    case .notATrainingState(let reason):
      "the file is not a checkpoint of a training: \(reason)"
    case .notAPosterior(let reason):
      "the file is not a saved posterior: \(reason)"
    case .badMetadata(let key, let reason):
      "the metadata \"\(key)\" of the file is damaged: \(reason)"
    case .missingTensor(let name):
      "the file has no tensor \"\(name)\": it belongs to another model or method"
    case .unexpectedTensor(let name):
      "the file has a tensor \"\(name)\" that this model and method do not have"
    case .wrongType(let name, let expected, let found):
      "the tensor \"\(name)\" is of type \(found), expected \(expected)"
    case .wrongShape(let name, let expected, let found):
      "the tensor \"\(name)\" has the shape \(found), expected \(expected): it belongs to another model or method"
    case .notFinite(let name, let index):
      "the tensor \"\(name)\" holds a number that is not finite at index \(index)"
    case .badNumber(let name, let index, let expected):
      "the tensor \"\(name)\" holds at index \(index) a number that is not \(expected)"
    case .notStorable(let what):
      "\(what) cannot be written to a file"
    }
  }
}
