import Foundation

/// Named tensors in the safetensors format: 8 bytes with the length of the header (little-endian), a JSON header with
/// the type, shape and place of each tensor, and then the data, little-endian and row-major.
public struct SafeTensors: Hashable, Sendable {
  public struct Tensor: Hashable, Sendable {
    public enum Element: String, Hashable, Sendable, CaseIterable {
      case float = "F32"
      case double = "F64"

      public var byteCount: Int { self == .float ? 4 : 8 }
    }

    public var element: Element
    public var shape: [Int]
    public var bytes: [UInt8]

    public init(element: Element, shape: [Int], bytes: [UInt8]) {
      precondition(bytes.count == shape.reduce(element.byteCount, *), "\(bytes.count) bytes for the shape \(shape)")
      self.element = element
      self.shape = shape
      self.bytes = bytes
    }
  }

  public var tensors: [String: Tensor]
  public var metadata: [String: String]

  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The file's bytes. The same tensors and metadata always give the same bytes: tensors lie in the order of their
  /// names.
  public func encode() -> [UInt8] {
    var header = Header(metadata: metadata, entries: [:])
    var offset = 0
    let names = tensors.keys.sorted()
    for case (let name, let tensor?) in names.map({ ($0, tensors[$0]) }) {
      header.entries[name] = Header.Entry(
        dtype: tensor.element.rawValue, shape: tensor.shape, offsets: [offset, offset + tensor.bytes.count])
      offset += tensor.bytes.count
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard var json = try? encoder.encode(header) else {
      preconditionFailure("a header of strings and integers can always be encoded")
    }
    // Spaces bring the data to a multiple of 8 bytes.
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + json.count + offset)
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: json)
    for name in names { bytes.append(contentsOf: tensors[name]?.bytes ?? []) }
    return bytes
  }

  /// Reads a file, and checks that the tensors fill its data without gaps or overlaps.
  public init(decoding bytes: [UInt8]) throws(CheckpointError) {
    guard bytes.count >= 8 else { throw .truncated(expected: 8, found: bytes.count) }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else { throw .badHeader(reason: "it claims to be \(length) bytes long") }
    let dataStart = 8 + Int(length)
    guard bytes.count >= dataStart else { throw .truncated(expected: dataStart, found: bytes.count) }
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<dataStart]))
    } catch {
      throw .badHeader(reason: "it is not the JSON of a safetensors header")
    }
    metadata = header.metadata
    tensors = [:]
    var end = 0
    // By the end too: a tensor without numbers lies before the one that begins where it ends.
    let entries = header.entries.sorted {
      ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
    }
    for (name, entry) in entries {
      let (element, length) = try entry.check(name)
      guard entry.begin == end else {
        throw .badHeader(reason: "\"\(name)\" begins at \(entry.begin) where \(end) was due")
      }
      // Compared this way round, because a damaged header may ask for more bytes than an integer counts.
      guard length <= bytes.count - dataStart - end else {
        let (expected, overflow) = length.addingReportingOverflow(dataStart + end)
        throw .truncated(expected: overflow ? .max : expected, found: bytes.count)
      }
      end += length
      tensors[name] = Tensor(
        element: element, shape: entry.shape, bytes: Array(bytes[(dataStart + end - length)..<(dataStart + end)]))
    }
    guard dataStart + end == bytes.count else {
      throw .badHeader(reason: "\(bytes.count - dataStart - end) bytes follow the last tensor")
    }
  }
}

/// The JSON header.
private struct Header: Codable {
  struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    var begin: Int { offsets.first ?? 0 }
    var end: Int { offsets.last ?? 0 }

    /// The element type and the number of bytes, when they fit together.
    func check(_ name: String) throws(CheckpointError) -> (SafeTensors.Tensor.Element, Int) {
      guard let element = SafeTensors.Tensor.Element(rawValue: dtype) else {
        throw .wrongType(name: name, expected: "F32 or F64", found: dtype)
      }
      var size = element.byteCount
      for extent in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { throw .badHeader(reason: "\"\(name)\" has the shape \(shape)") }
        size = product
      }
      guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
        offsets[1] - offsets[0] == size
      else {
        throw .badHeader(reason: "\"\(name)\" of the shape \(shape) cannot lie at \(offsets)")
      }
      return (element, size)
    }
  }

  struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var metadata: [String: String]
  var entries: [String: Entry]

  init(metadata: [String: String], entries: [String: Entry]) {
    self.metadata = metadata
    self.entries = entries
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    metadata = [:]
    entries = [:]
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: Name(stringValue: "__metadata__")) }
    for (name, entry) in entries { try container.encode(entry, forKey: Name(stringValue: name)) }
  }
}
