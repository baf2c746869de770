/// A message from the network could not be read.
package struct WireError: Error, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// Reads the parts of a message in order. Integers and floats are little-endian; text and bytes are preceded by their
/// length in 4 bytes. Whatever the bytes are, reading ends with a value or a `WireError`.
struct WireReader: ~Copyable {
  private let bytes: [UInt8]
  private var offset: Int

  init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  private mutating func take(_ count: Int, for what: String) throws(WireError) -> Range<Int> {
    guard count <= bytes.count - offset else {
      throw WireError(
        "the message ends in the middle of \(what): \(count) bytes expected at \(offset), \(bytes.count - offset) there"
      )
    }
    defer { offset += count }
    return offset..<offset + count
  }

  mutating func byte(_ what: String) throws(WireError) -> UInt8 {
    bytes[try take(1, for: what).lowerBound]
  }

  private mutating func bits<Word: FixedWidthInteger>(_ what: String) throws(WireError) -> Word {
    let range = try take(MemoryLayout<Word>.size, for: what)
    return bytes.withUnsafeBytes {
      Word(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Word.self))
    }
  }

  mutating func integer(_ what: String) throws(WireError) -> Int {
    let value: Int64 = try bits(what)
    return Int(value)
  }

  /// An integer that counts or numbers something.
  mutating func count(_ what: String) throws(WireError) -> Int {
    let value = try integer(what)
    guard value >= 0 else { throw WireError("\(what) is \(value), which is negative") }
    return value
  }

  mutating func double(_ what: String) throws(WireError) -> Double {
    Double(bitPattern: try bits(what))
  }

  mutating func data(_ what: String) throws(WireError) -> [UInt8] {
    let length: UInt32 = try bits(what)
    return Array(bytes[try take(Int(length), for: what)])
  }

  mutating func text(_ what: String) throws(WireError) -> String {
    guard let text = String(validating: try data(what), as: UTF8.self) else { throw WireError("\(what) is not UTF-8") }
    return text
  }

  mutating func list<Element>(
    _ what: String, _ element: (inout WireReader) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    let length: UInt32 = try bits(what)
    // Every element has at least one byte, so a length that promises more than is there is refused before it is believed.
    guard Int(length) <= bytes.count - offset else {
      throw WireError("\(what) has \(length) elements, more than the message has bytes")
    }
    var elements: [Element] = []
    for _ in 0..<length { elements.append(try element(&self)) }
    return elements
  }

  consuming func end() throws(WireError) {
    guard offset == bytes.count else {
      throw WireError("\(bytes.count - offset) bytes too many at the end of the message")
    }
  }
}

/// Writes what `WireReader` reads.
struct WireWriter {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func bits(_ word: some FixedWidthInteger) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func byte(_ value: UInt8) { bytes.append(value) }
  mutating func integer(_ value: Int) { bits(Int64(value)) }
  mutating func double(_ value: Double) { bits(value.bitPattern) }

  mutating func data(_ value: [UInt8]) {
    bits(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func text(_ value: String) {
    bits(UInt32(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  mutating func list<Element>(_ elements: some Collection<Element>, _ write: (inout WireWriter, Element) -> Void) {
    bits(UInt32(elements.count))
    for element in elements { write(&self, element) }
  }
}
