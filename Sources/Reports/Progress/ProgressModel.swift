/// The progress display of a sweep, as a value: it is fed with snapshots and answers with the text to be written to
/// standard error. Time comes in as an argument.
///
///     var progress = ProgressModel(.at(STDERR_FILENO))
///     write(progress.update(snapshot, at: now))    // whenever there is news, and at least once a second
///     write(progress.message("worker 2 died"))     // diagnostics go through it, or they would tear the block
///     write(progress.finish(snapshot))             // before the final table
package struct ProgressModel: Sendable {
  /// The terminal that is written to. Set it again when its size changes.
  package var terminal: Terminal

  /// A block on a terminal is drawn at most ten times a second.
  private static let redrawInterval = 0.1
  /// A log file gets a line when a trial ends, but not more than one a second ...
  private static let lineInterval = 1.0
  /// ... and a sign of life when none has ended for this long.
  private static let lifeSignInterval = 10.0

  /// The block that is on the terminal now.
  private var drawn: [String] = []
  private var lastWrite: Double?
  private var lastTrials = 0
  private var lastLine: String?

  package init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  /// What to write for a new snapshot; empty when it is too early.
  ///
  /// - Parameter now: seconds on any clock that does not run backwards.
  package mutating func update(_ snapshot: ProgressSnapshot, at now: Double) -> String {
    guard terminal.isInteractive else { return line(for: snapshot, at: now) }
    if let lastWrite, now - lastWrite < Self.redrawInterval { return "" }
    lastWrite = now
    let lines = ProgressLines(snapshot: snapshot)
      .block(width: terminal.width ?? 80, height: terminal.height ?? 24, style: terminal.style)
    if lines == drawn { return "" }
    return draw(lines)
  }

  /// What to write for a message that is to stay, on a line of its own above the block.
  package mutating func message(_ text: String) -> String {
    let text = text.hasSuffix("\n") ? text : text + "\n"
    let block = drawn
    return erase() + text + draw(block)
  }

  /// What to write when the sweep has ended: the block goes away, and a log file gets the last line.
  package mutating func finish(_ snapshot: ProgressSnapshot) -> String {
    guard !terminal.isInteractive else { return erase() }
    let line = ProgressLines(snapshot: snapshot).plain
    if line == lastLine { return "" }
    lastLine = line
    return line + "\n"
  }

  private mutating func line(for snapshot: ProgressSnapshot, at now: Double) -> String {
    if let lastWrite {
      let news = snapshot.trialsFinal != lastTrials
      guard now - lastWrite >= (news ? Self.lineInterval : Self.lifeSignInterval) else { return "" }
    }
    lastWrite = now
    lastTrials = snapshot.trialsFinal
    let line = ProgressLines(snapshot: snapshot).plain
    lastLine = line
    return line + "\n"
  }

  /// Goes up to the first line of the block, writes each line over the old one, and clears what was below.
  private mutating func draw(_ lines: [String]) -> String {
    let up = drawn.isEmpty ? "" : "\u{1B}[\(drawn.count)A"
    drawn = lines
    return lines.isEmpty ? up : "\r\(up)" + lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J"
  }

  private mutating func erase() -> String {
    defer { drawn = [] }
    return drawn.isEmpty ? "" : "\r\u{1B}[\(drawn.count)A\u{1B}[J"
  }
}
