import Foundation

/// What stands behind a file descriptor.
package struct Terminal: Hashable, Sendable {
  /// Whether the cursor can be moved: a terminal, and not a dumb one.
  package var isInteractive: Bool
  /// Columns; nil when it is not a terminal, because a file has no width.
  package var width: Int?
  /// Rows; nil when it is not a terminal.
  package var height: Int?
  package var style: Style

  package init(isInteractive: Bool, width: Int?, height: Int?, style: Style) {
    self.isInteractive = isInteractive
    self.width = width
    self.height = height
    self.style = style
  }

  /// Neither width nor colour: a file or a pipe.
  package static let none = Terminal(isInteractive: false, width: nil, height: nil, style: .plain)

  /// Looks at a file descriptor. `NO_COLOR` (https://no-color.org) and `TERM=dumb` are respected.
  package static func at(
    _ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Terminal {
    guard isatty(descriptor) == 1 else { return .none }
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
    let width = known && size.ws_col > 0 ? Int(size.ws_col) : environment["COLUMNS"].flatMap { Int($0) } ?? 80
    let height = known && size.ws_row > 0 ? Int(size.ws_row) : environment["LINES"].flatMap { Int($0) } ?? 24
    let isDumb = environment["TERM"] == "dumb"
    let color = !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
    return Terminal(isInteractive: !isDumb, width: max(1, width), height: max(1, height), style: Style(color: color))
  }
}
