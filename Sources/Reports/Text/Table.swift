/// A table for terminals: columns two spaces apart, numbers to the right, no lines.
///
/// Where it is wider than the terminal, the least important columns are left out and named below; if that is not
/// enough, the widest column of text is cut.
struct Table: Sendable {
  struct Column: Sendable {
    var title: String
    var alignment: Alignment
    /// Columns of low importance go first when the terminal is narrow, the rightmost of equal ones first; nil stays.
    var importance: Int?

    init(_ title: String, _ alignment: Alignment = .left, importance: Int? = nil) {
      self.title = printable(title)
      self.alignment = alignment
      self.importance = importance
    }
  }

  var columns: [Column]
  var rows: [[String]] = []
  /// Spaces before each line.
  var indentation = 0

  init(_ columns: [Column], indentation: Int = 0) {
    self.columns = columns
    self.indentation = indentation
  }

  mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
    rows.append(cells.map(printable))
  }

  /// The lines of the table, each with its line end. `width` nil is a file: everything is shown.
  func render(width: Int?, style: Style) -> String {
    var widths = columns.indices.map { column in
      rows.reduce(displayWidth(of: columns[column].title)) { max($0, displayWidth(of: $1[column])) }
    }
    var shown = Array(columns.indices)
    func total() -> Int { indentation + shown.reduce(0) { $0 + widths[$1] } + 2 * (shown.count - 1) }
    if let width {
      while total() > width, let drop = leastImportant(of: shown) { shown.removeAll { $0 == drop } }
      while total() > width, let widest = widestText(of: shown, widths) {
        widths[widest] = max(8, widths[widest] - (total() - width))
      }
    }
    func line(_ cells: (Int) -> String, _ emphasis: (String) -> String) -> String {
      let cells = shown.map { padded(truncated(cells($0), to: widths[$0]), to: widths[$0], columns[$0].alignment) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return String(repeating: " ", count: indentation) + emphasis(line) + "\n"
    }
    var text = line({ columns[$0].title }, style.bold)
    for row in rows { text += line({ row[$0] }, { $0 }) }
    let dropped = columns.indices.filter { !shown.contains($0) }.map { columns[$0].title }
    if !dropped.isEmpty, let width {
      let note = "(no room for \(dropped.joined(separator: ", ")))"
      text += style.dim(String(wrapped(note, to: width, indentation: indentation).dropLast())) + "\n"
    }
    return text
  }

  private func leastImportant(of shown: [Int]) -> Int? {
    shown.filter { columns[$0].importance != nil }
      .min { (columns[$0].importance!, -$0) < (columns[$1].importance!, -$1) }
  }

  private func widestText(of shown: [Int], _ widths: [Int]) -> Int? {
    shown.filter { columns[$0].alignment == .left && widths[$0] > 8 }.max { widths[$0] < widths[$1] }
  }
}
