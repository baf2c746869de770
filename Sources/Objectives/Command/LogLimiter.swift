import StudyModel

/// Passes on what a program prints, within reason: a burst, and then so many lines a second; long lines are cut. What
/// is left out is counted and said.
struct LogLimiter {
  static let burst = 1000.0
  static let linesPerSecond = 200.0
  static let longestLine = 8192

  private var tokens = Self.burst
  private var last = ContinuousClock.now
  private var dropped = 0

  mutating func log(_ level: LogLevel, _ text: String, to context: any RunContext) {
    let now = ContinuousClock.now
    let seconds = Double((now - last).components.seconds) + Double((now - last).components.attoseconds) * 1e-18
    last = now
    tokens = min(Self.burst, tokens + seconds * Self.linesPerSecond)
    guard tokens >= 1 else {
      dropped += 1
      return
    }
    tokens -= 1
    flush(to: context)
    context.log(level, Self.cut(text))
  }

  /// Says how many lines were left out since the last time.
  mutating func flush(to context: any RunContext) {
    if dropped > 0 { context.log(.warning, "\(dropped) lines were left out: the program prints too much") }
    dropped = 0
  }

  static func cut(_ text: String, to limit: Int = longestLine) -> String {
    let count = text.utf8.count
    guard count > limit else { return text }
    return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + " ... (\(count) bytes)"
  }
}
