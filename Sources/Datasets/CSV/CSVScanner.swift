/// Splits CSV (RFC 4180) into fields: quotes, doubled quotes, line breaks within quotes, LF, CRLF or CR at the end of
/// a record. Spaces and tabs around a field are not part of it.
struct CSVScanner {
  struct Field {
    /// Where the text lies, without the quotes.
    var range: Range<Int>
    /// The text holds doubled quotes, which stand for one.
    var hasEscapes: Bool
    var isQuoted: Bool
    /// What came after it.
    var endsRecord: Bool
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private(set) var position: Int
  /// Line of `position`, from 1.
  private(set) var line = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
    let hasByteOrderMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    position = hasByteOrderMark ? 3 : 0
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Steps over empty lines; false when there was none.
  mutating func skipEmptyLines() -> Bool {
    let start = position
    while !isAtEnd, endRecord() {}
    return position > start
  }

  mutating func next() throws(DatasetError) -> Field {
    skipSpaces()
    if position < bytes.count, bytes[position] == Self.quote { return try quoted() }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] == Self.space || bytes[end - 1] == Self.tab { end -= 1 }
    return Field(range: start..<end, hasEscapes: false, isQuoted: false, endsRecord: endField())
  }

  /// The text of a field.
  func text(_ field: Field, at line: Int) throws(DatasetError) -> String {
    let slice = UnsafeBufferPointer(rebasing: bytes[field.range])
    guard let text = String(validating: slice, as: UTF8.self) else {
      let wide = bytes.count >= 2 && (bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF)
      throw DatasetError(
        wide ? "the file is UTF-16; save it as UTF-8" : "the text is not UTF-8; save the file as UTF-8",
        file: file, line: line)
    }
    return field.hasEscapes ? text.replacing("\"\"", with: "\"") : text
  }

  private mutating func quoted() throws(DatasetError) -> Field {
    let opening = line
    position += 1
    let start = position
    var hasEscapes = false
    while true {
      guard position < bytes.count else {
        throw DatasetError("a quote (\") is opened here and never closed", file: file, line: opening)
      }
      if bytes[position] == Self.quote {
        guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
        hasEscapes = true
        position += 1
      } else if bytes[position] == Self.lineFeed {
        line += 1
      }
      position += 1
    }
    let range = start..<position
    position += 1
    skipSpaces()
    if position < bytes.count {
      let byte = bytes[position]
      guard byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn else {
        throw DatasetError(
          "text follows a closing quote; a quote within quotes is written twice (\"\")", file: file, line: line)
      }
    }
    return Field(range: range, hasEscapes: hasEscapes, isQuoted: true, endsRecord: endField())
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == Self.space || bytes[position] == Self.tab { position += 1 }
  }

  /// Steps over what ends a field; true when that ends the record too.
  private mutating func endField() -> Bool {
    if position < bytes.count, bytes[position] == Self.comma {
      position += 1
      return false
    }
    _ = endRecord()
    return true
  }

  private mutating func endRecord() -> Bool {
    guard position < bytes.count else { return false }
    if bytes[position] == Self.carriageReturn {
      position += 1
      if position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
    } else if bytes[position] == Self.lineFeed {
      position += 1
    } else {
      return false
    }
    line += 1
    return true
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
}
