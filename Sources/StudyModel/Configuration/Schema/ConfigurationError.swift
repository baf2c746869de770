/// Everything that is wrong with a sweep file, or with a point that is to be merged into one.
package struct ConfigurationError: Error, Hashable, Sendable {
  /// One fault: the place, and what was expected, what was found and what helps.
  package struct Issue: Hashable, Sendable, CustomStringConvertible {
    package var path: ConfigurationPath
    package var message: String

    package init(_ path: ConfigurationPath, _ message: String) {
      self.path = path
      self.message = message
    }

    package var description: String { path.components.isEmpty ? message : "\(path): \(message)" }
  }

  /// Empty where the values do not come from a file.
  package var fileName: String
  package var issues: [Issue]

  /// - Precondition: at least one issue.
  package init(fileName: String = "", issues: [Issue]) {
    precondition(!issues.isEmpty, "a configuration error needs at least one issue")
    self.fileName = fileName
    self.issues = issues
  }
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String {
    let lines = issues.map(\.description)
    if lines.count == 1 { return fileName.isEmpty ? lines[0] : "\(fileName): \(lines[0])" }
    let head = fileName.isEmpty ? "\(lines.count) errors:" : "\(fileName): \(lines.count) errors:"
    return head + lines.map { "\n  " + $0 }.joined()
  }
}
