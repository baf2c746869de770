/// The columns of a CSV file with a header, each read when it is asked for, as numbers or as text. What lies in the other
/// columns does not matter.
public struct CSVColumns: Sendable {
  /// As messages call it.
  public let file: String
  public let names: [String]
  public let rows: Int
  private let bytes: [UInt8]

  /// - Throws: `DatasetError` for a file that cannot be read, has no rows, or a row of another length than the header.
  public init(_ path: String) throws(DatasetError) {
    try self.init(bytes: try FileContents.read(path), name: path)
  }

  public init(bytes: [UInt8], name: String) throws(DatasetError) {
    file = name
    self.bytes = bytes
    var names: [String] = []
    var rows = 0
    try Self.scan(bytes, name) { header in
      names = header
    } field: { scanner, column, _, field throws(DatasetError) in
      if field.endsRecord {
        guard column + 1 == names.count else {
          throw DatasetError(
            "expected \(names.count) fields as in the header, found \(column + 1)", file: name, line: scanner.line - 1)
        }
        rows += 1
      }
    }
    guard rows > 0 else { throw DatasetError("holds a header and no data", file: name) }
    self.names = names
    self.rows = rows
  }

  /// The cells of columns of numbers, column by column.
  ///
  /// - Throws: `DatasetError` with line and column for a column that is not there and for a cell that is not a finite
  ///   number.
  public func numbers(_ columns: [String]) throws(DatasetError) -> [[Double]] {
    let places = try places(columns)
    var result = columns.map { _ in [Double]() }
    for place in result.indices { result[place].reserveCapacity(rows) }
    let (names, file) = (names, file)
    let values = bytes
    try Self.scan(bytes, file) { _ in
    } field: { scanner, column, line, field throws(DatasetError) in
      guard let place = places[column] else { return }
      let parsed = values.withUnsafeBufferPointer { NumberParser.parse($0, field.range) }
      switch parsed {
      case .number(let value): result[place].append(value)
      case .empty:
        throw DatasetError(
          "missing value; fill the cell or remove the row", file: file, line: line, column: names[column])
      case .notFinite, .text:
        throw DatasetError(
          "expected a number, found '\(try scanner.text(field, at: line))'", file: file, line: line,
          column: names[column])
      }
    }
    return result
  }

  /// The cells of a column as they are written, without the spaces around them.
  public func texts(_ column: String) throws(DatasetError) -> [String] {
    let places = try places([column])
    var result: [String] = []
    result.reserveCapacity(rows)
    try Self.scan(bytes, file) { _ in
    } field: { scanner, column, line, field throws(DatasetError) in
      if places[column] != nil { result.append(try scanner.text(field, at: line)) }
    }
    return result
  }

  /// Which of the asked-for columns lies where in the file.
  private func places(_ columns: [String]) throws(DatasetError) -> [Int: Int] {
    let known = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var places: [Int: Int] = [:]
    for (place, column) in columns.enumerated() {
      guard let index = known[column] else {
        let nearest = Suggestion.nearest(to: column, among: names).map { " did you mean '\($0)'?" } ?? ""
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
        throw DatasetError("there is no column '\(column)';\(nearest) the columns are \(shown)", file: file)
      }
      places[index] = place
    }
    return places
  }

  /// Goes over all fields, with the column and the line of each.
  private static func scan(
    _ bytes: [UInt8], _ file: String, header: ([String]) -> Void,
    field body: (CSVScanner, Int, Int, CSVScanner.Field) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    // Not `withUnsafeBufferPointer { try ... }`: its closure would lose the type of the error.
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(DatasetError) in
        var scanner = CSVScanner(buffer, file: file)
        header(try CSVTable.header(&scanner, file))
        while !scanner.isAtEnd {
          let start = scanner.line
          if scanner.skipEmptyLines() {
            if scanner.isAtEnd { return }
            throw DatasetError("an empty line in the middle of the data; remove it", file: file, line: start)
          }
          var column = 0
          while true {
            let line = scanner.line
            let field = try scanner.next()
            try body(scanner, column, line, field)
            column += 1
            if field.endsRecord { break }
          }
        }
      }
    }
    try result.get()
  }
}
