/// Text that is not JSON, and where. Lines and columns count from 1; a column is a byte of the line.
package struct JSONSyntaxError: Error, Hashable, Sendable {
  package var line: Int
  package var column: Int
  package var message: String

  package init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

extension JSONSyntaxError: CustomStringConvertible {
  package var description: String { "line \(line), column \(column): \(message)" }
}
