/// The cells of a CSV file, each as a number where it is one. Made by one pass over the bytes; the columns that are not
/// numbers are read as text by a second.
struct CSVTable {
  let file: String
  let names: [String]
  let rows: Int
  /// Row-major, rows x columns; NaN where a cell is text.
  private(set) var numbers: [Double]
  /// The cells of a column that are text.
  struct Texts {
    /// How many; with the markers.
    var count = 0
    var first: (line: Int, text: String)?
    /// How many stand for a missing value, and the first of them.
    var markers = 0
    var firstMarker: (line: Int, text: String)?
  }

  /// For each column.
  let texts: [Texts]

  /// What is written, in lower case, where a value is missing.
  private static let missing: Set = ["?", "na", "n/a", "null", "none", "-"]

  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String, limit: Int?) throws(DatasetError) {
    self.file = file
    var scanner = CSVScanner(bytes, file: file)
    let names = try Self.header(&scanner, file)
    self.names = names

    var numbers = [Double]()
    var texts = [Texts](repeating: Texts(), count: names.count)
    var rows = 0
    while !scanner.isAtEnd, rows < limit ?? .max {
      let line = scanner.line
      if scanner.skipEmptyLines() {
        if scanner.isAtEnd { break }
        throw DatasetError("an empty line in the middle of the data; remove it", file: file, line: line)
      }
      var column = 0
      while true {
        let fieldLine = scanner.line
        let field = try scanner.next()
        if column < names.count {
          switch NumberParser.parse(bytes, field.range) {
          case .number(let value):
            numbers.append(value)
          case .empty:
            // A short row is ragged before it is one that lacks a value.
            if field.endsRecord && column + 1 < names.count { break }
            throw DatasetError(
              "missing value; fill the cell or remove the row", file: file, line: fieldLine, column: names[column])
          case .notFinite:
            throw DatasetError(
              "missing value: '\(try scanner.text(field, at: fieldLine))' is not a finite number; "
                + "fill the cell or remove the row", file: file, line: fieldLine, column: names[column])
          case .text:
            numbers.append(.nan)
            texts[column].count += 1
            // Only short texts are made into strings, or the first.
            if texts[column].first == nil || field.range.count <= 6 {
              let text = try scanner.text(field, at: fieldLine)
              if texts[column].first == nil { texts[column].first = (fieldLine, text) }
              if Self.missing.contains(text.lowercased()) {
                texts[column].markers += 1
                if texts[column].firstMarker == nil { texts[column].firstMarker = (fieldLine, text) }
              }
            }
          }
        }
        column += 1
        if field.endsRecord { break }
      }
      guard column == names.count else {
        throw DatasetError(
          "expected \(names.count) fields as in the header, found \(column)", file: file, line: line)
      }
      rows += 1
      if rows == 1 { numbers.reserveCapacity(bytes.count / max(scanner.position, 1) * names.count * 2) }
    }
    guard rows > 0 else { throw DatasetError("holds a header and no data", file: file) }
    self.rows = rows
    self.numbers = numbers
    self.texts = texts
  }

  static func header(_ scanner: inout CSVScanner, _ file: String) throws(DatasetError) -> [String] {
    _ = scanner.skipEmptyLines()
    guard !scanner.isAtEnd else { throw DatasetError("the file is empty; expected a header and rows", file: file) }
    let line = scanner.line
    var names: [String] = []
    while true {
      let field = try scanner.next()
      let name = try scanner.text(field, at: line)
      guard !name.isEmpty else {
        throw DatasetError("column \(names.count + 1) has no name in the header", file: file, line: line)
      }
      guard !names.contains(name) else {
        throw DatasetError("two columns are named '\(name)'; every column needs its own name", file: file, line: line)
      }
      names.append(name)
      if field.endsRecord { break }
    }
    if names.count == 1, let separator = [";", "\t"].map(Character.init).first(where: { names[0].contains($0) }) {
      throw DatasetError(
        "the fields are separated by '\(separator == "\t" ? "\\t" : String(separator))'; expected commas", file: file,
        line: line)
    }
    return names
  }

  /// Reads the text of the chosen columns; the bytes are those that the table was made from.
  func text(ofColumns chosen: [Int], from bytes: UnsafeBufferPointer<UInt8>) throws(DatasetError) -> [Int: [String]] {
    var result = [[String]](repeating: [], count: names.count)
    let isChosen = names.indices.map(chosen.contains)
    var scanner = CSVScanner(bytes, file: file)
    _ = try Self.header(&scanner, file)
    for _ in 0..<rows {
      for column in names.indices {
        let line = scanner.line
        let field = try scanner.next()
        if isChosen[column] { result[column].append(try scanner.text(field, at: line)) }
      }
    }
    return Dictionary(uniqueKeysWithValues: chosen.map { ($0, result[$0]) })
  }
}
