/// Classes from numbers.
enum ClassLabels {
  /// Whole numbers as classes, in numeric order; the names are the numbers.
  ///
  /// - Throws: `DatasetError` when a value is no whole number.
  static func target(_ values: [Double], file: String, column: String? = nil) throws(DatasetError) -> Dataset.Target {
    if let row = values.firstIndex(where: { Int(exactly: $0) == nil }) {
      throw DatasetError(
        "expected classes as whole numbers or names, found \(values[row]) in row \(row); "
          + "for a regression use a Gaussian likelihood", file: file, column: column)
    }
    let labels = values.map { Int($0) }
    let classes = Set(labels).sorted()
    let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    return .classes(labels.map { index[$0]! }, names: classes.map(String.init))
  }
}
