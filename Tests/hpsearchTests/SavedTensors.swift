import Foundation
import Testing

/// A safetensors file of floats, read by the published rules of the format.
struct SavedTensors {
  var metadata: [String: String]
  var tensors: [String: [Float]] = [:]

  init(_ data: Data) throws {
    let bytes = [UInt8](data)
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<(8 + length)])) as? [String: Any])
    metadata = try #require(header["__metadata__"] as? [String: String])
    for (name, entry) in header where name != "__metadata__" {
      let entry = try #require(entry as? [String: Any])
      let offsets = try #require(entry["data_offsets"] as? [Int])
      tensors[name] = stride(from: 8 + length + offsets[0], to: 8 + length + offsets[1], by: 4).map { place in
        Float(bitPattern: bytes[place..<(place + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      }
    }
  }

  /// A part of the metadata that is JSON.
  func json(_ key: String) throws -> [String: Any] {
    let text = try #require(metadata[key])
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
