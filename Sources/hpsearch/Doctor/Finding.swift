import Reports
import StudyModel

/// One line of `doctor`.
struct Finding: Hashable {
  /// For example `blas core`.
  var name: String
  var value: String
  /// What is not as it should be and what to do about it; nil when all is well.
  var remedy: String?

  init(_ name: String, _ value: String, remedy: String? = nil) {
    self.name = name
    self.value = value
    self.remedy = remedy
  }

  var json: JSONValue {
    [
      "name": .string(name), "state": .string(remedy == nil ? "ok" : "warning"), "value": .string(value),
      "remedy": remedy.map { .string($0) } ?? .null,
    ]
  }

  static func table(_ findings: [Finding], width: Int?, style: Style) -> String {
    let names = findings.map(\.name.count).max() ?? 0
    var text = ""
    for finding in findings {
      let name = finding.name + String(repeating: " ", count: names - finding.name.count)
      let state = finding.remedy == nil ? style.green("ok     ") : style.yellow("warning")
      let value = printable(finding.value)
      text += "\(state)  \(name)  \(width.map { truncated(value, to: max(8, $0 - names - 11)) } ?? value)\n"
      if let remedy = finding.remedy { text += wrapped(printable(remedy), to: width, indentation: 9) }
    }
    let warnings = findings.count { $0.remedy != nil }
    return text + (warnings == 0 ? "Everything is as it should be.\n" : "\(count(warnings, "warning")).\n")
  }
}
