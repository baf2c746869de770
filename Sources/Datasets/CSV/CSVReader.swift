/// Reads a data set from CSV with a header (RFC 4180: quotes, CRLF; a byte order mark is stepped over; gzip too).
///
/// A column is numeric when all its cells are numbers, and categorical otherwise: one input column for each category
/// ("colour=red"), in the order of the names. A column where at least half the cells are numbers is meant to be
/// numeric, and a cell that is no number is an error there. So is a missing value in a column of numbers: an empty cell,
/// or ?, NA, N/A, NaN, null, none or -.
public struct CSVReader: Sendable {
  /// Name of the target column.
  public var target: String
  public var task: LearningTask
  /// Read only the first so many rows.
  public var limit: Int?

  /// One-hot columns beyond this say that the column is a name or a date and no category.
  static let mostCategories = 1000

  public init(target: String, task: LearningTask, limit: Int? = nil) {
    self.target = target
    self.task = task
    self.limit = limit
  }

  /// - Throws: `DatasetError` with the line and the column.
  public func read(_ path: String) throws(DatasetError) -> Dataset {
    try read(bytes: try FileContents.read(path), name: path)
  }

  /// - Parameter name: what messages call the data.
  public func read(bytes: [UInt8], name: String) throws(DatasetError) -> Dataset {
    // Not `withUnsafeBufferPointer { try ... }`: its closure would lose the type of the error.
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(DatasetError) in try self.read(buffer, name) }
    }
    return try result.get()
  }

  private func read(_ bytes: UnsafeBufferPointer<UInt8>, _ name: String) throws(DatasetError) -> Dataset {
    let table = try CSVTable(bytes, file: name, limit: limit)
    guard let targetColumn = table.names.firstIndex(of: target) else {
      let nearest = Suggestion.nearest(to: target, among: table.names).map { " did you mean '\($0)'?" } ?? ""
      throw DatasetError(
        "there is no target column '\(target)';\(nearest) the columns are \(table.names.joined(separator: ", "))",
        file: name)
    }
    guard table.names.count > 1 else {
      throw DatasetError("holds the target '\(target)' and no input column", file: name)
    }

    var textColumns: [Int] = []
    for column in table.names.indices where table.texts[column].count > 0 {
      let isTarget = column == targetColumn
      try checkMissing(table, column)
      if isTarget && task == .regression || !(isTarget && task == .classification) {
        try checkCategorical(table, column, isTarget: isTarget)
      }
      textColumns.append(column)
    }
    if task == .classification, !textColumns.contains(targetColumn) { textColumns.append(targetColumn) }
    let texts = textColumns.isEmpty ? [:] : try table.text(ofColumns: textColumns, from: bytes)
    let (inputs, inputNames) = try inputs(table, targetColumn, texts)
    return Dataset(
      name: name, inputs: inputs, inputNames: inputNames, target: try labels(table, targetColumn, texts[targetColumn]),
      targetName: target)
  }

  /// A column of numbers and markers of missing values has gaps, however many; with other texts, and without numbers,
  /// a marker is a category.
  private func checkMissing(_ table: CSVTable, _ column: Int) throws(DatasetError) {
    let texts = table.texts[column]
    guard texts.markers == texts.count, texts.count < table.rows, let first = texts.firstMarker else { return }
    throw DatasetError(
      "missing value: '\(first.text)' in a column of numbers; fill the cell or remove the row", file: table.file,
      line: first.line, column: table.names[column])
  }

  private func checkCategorical(_ table: CSVTable, _ column: Int, isTarget: Bool) throws(DatasetError) {
    guard let first = table.texts[column].first else { return }
    let numbers = table.rows - table.texts[column].count
    if isTarget || 2 * numbers >= table.rows {
      let why =
        isTarget
        ? "the target of a regression is numeric; for classes use a categorical likelihood"
        : "\(numbers) of \(table.rows) cells of this column are numbers; correct the cell or remove the row"
      throw DatasetError(
        "expected a number, found '\(first.text)'; \(why)", file: table.file, line: first.line,
        column: table.names[column])
    }
  }

  private func labels(
    _ table: CSVTable, _ column: Int, _ texts: [String]?
  ) throws(DatasetError) -> Dataset.Target {
    let columns = table.names.count
    guard task == .classification, let texts else {
      return .values((0..<table.rows).map { table.numbers[$0 * columns + column] })
    }
    if table.texts[column].count == 0 {
      return try ClassLabels.target(
        (0..<table.rows).map { table.numbers[$0 * columns + column] }, file: table.file, column: table.names[column])
    }
    let names = Set(texts).sorted()
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return .classes(texts.map { index[$0]! }, names: names)
  }

  private func inputs(
    _ table: CSVTable, _ target: Int, _ texts: [Int: [String]]
  ) throws(DatasetError) -> (FeatureMatrix, [String]) {
    let columns = table.names.count
    var names: [String] = []
    /// For each input column: the column of the file, and for a categorical one the category of each row.
    var plan: [(column: Int, codes: [Int]?, width: Int)] = []
    for column in table.names.indices where column != target {
      guard let text = texts[column] else {
        names.append(table.names[column])
        plan.append((column, nil, 1))
        continue
      }
      let categories = Set(text).sorted()
      guard categories.count <= Self.mostCategories else {
        throw DatasetError(
          "\(categories.count) different texts in \(table.rows) rows are too many for a category "
            + "(at most \(Self.mostCategories)); remove the column", file: table.file, column: table.names[column])
      }
      let index = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
      names += categories.map { "\(table.names[column])=\($0)" }
      plan.append((column, text.map { index[$0]! }, categories.count))
    }
    let width = names.count
    let values = [Double](unsafeUninitializedCapacity: table.rows * width) { buffer, count in
      buffer.initialize(repeating: 0)
      count = table.rows * width
      for row in 0..<table.rows {
        var place = row * width
        for (column, codes, columnWidth) in plan {
          if let codes {
            buffer[place + codes[row]] = 1
          } else {
            buffer[place] = table.numbers[row * columns + column]
          }
          place += columnWidth
        }
      }
    }
    return (FeatureMatrix(rows: table.rows, columns: width, values: values), names)
  }
}
