import Foundation

/// The values of a file's metadata that are JSON.
struct PosteriorMetadata {
  private let entries: [String: String]

  init(_ entries: [String: String]) {
    self.entries = entries
  }

  func text(_ key: String) throws(CheckpointError) -> String {
    guard let text = entries[key] else { throw .badMetadata(key: key, reason: "it is missing") }
    return text
  }

  func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws(CheckpointError) -> Value {
    let text = try text(key)
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw .badMetadata(key: key, reason: error.reason)
    } catch {
      throw .badMetadata(key: key, reason: "\(error)")
    }
  }

  /// Equal values give equal text.
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      preconditionFailure("the description of a model can always be encoded: \(error)")
    }
  }
}

extension DecodingError {
  /// What is wrong, in a few words.
  fileprivate var reason: String {
    switch self {
    case .keyNotFound(let key, let context): "\(Self.place(context))\"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      Self.place(context) + context.debugDescription
    @unknown default: "it cannot be read"
    }
  }

  private static func place(_ context: Context) -> String {
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    return path.isEmpty ? "" : path.joined(separator: ".").replacingOccurrences(of: ".[", with: "[") + ": "
  }
}
