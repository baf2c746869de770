package import StudyModel

/// One thing that a run said.
///
/// A record is one line of the run's log file:
///
///     2026-07-28T12:34:56.789Z info attempt-1 node-3.0 epoch 20 of 200, elbo -31.4
///
/// Line ends and control characters in the message are escaped with backslashes, so that a record is always one line.
package struct LogRecord: Hashable, Sendable {
  /// Seconds since 1970; the file keeps milliseconds.
  package var at: Double
  package var attempt: Int
  package var worker: String
  package var level: LogLevel
  package var message: String

  package init(at: Double, attempt: Int, worker: String, level: LogLevel, message: String) {
    self.at = at
    self.attempt = attempt
    self.worker = worker
    self.level = level
    self.message = message
  }

  /// The record as a line, without its end.
  package var line: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func append(to bytes: inout [UInt8]) {
    Timestamp.append(at, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    bytes += level.rawValue.utf8
    bytes += " attempt-".utf8
    bytes += attempt.description.utf8
    bytes.append(UInt8(ascii: " "))
    if worker.isEmpty {
      bytes += "\\e".utf8
    } else {
      Self.escape(worker, spaces: true, to: &bytes)
    }
    bytes.append(UInt8(ascii: " "))
    Self.escape(message, spaces: false, to: &bytes)
  }

  /// Reads a line, without its end, back; nil when it is not one of a log.
  package init?(line: some StringProtocol) {
    self.init(bytes: Array(line.utf8)[...])
  }

  init?(bytes: ArraySlice<UInt8>) {
    let fields = bytes.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
    let prefix = "attempt-"
    guard fields.count == 5, let at = Timestamp.seconds(fields[0]),
      let level = LogLevel(rawValue: String(decoding: fields[1], as: UTF8.self)),
      fields[2].starts(with: prefix.utf8),
      let attempt = Int(String(decoding: fields[2].dropFirst(prefix.utf8.count), as: UTF8.self))
    else { return nil }
    let worker = fields[3].elementsEqual("\\e".utf8) ? "" : Self.unescape(fields[3])
    self.init(at: at, attempt: attempt, worker: worker, level: level, message: Self.unescape(fields[4]))
  }

  private static func escape(_ text: String, spaces: Bool, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case UInt8(ascii: " ") where spaces: bytes += "\\s".utf8
      case 0x00..<0x20 where byte != 0x09 || spaces, 0x7F:
        bytes += "\\x".utf8
        bytes += [hexadecimalDigits[Int(byte >> 4)], hexadecimalDigits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }

  private static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let code = rest.popFirst() else {
        plain.append(byte)
        continue
      }
      switch code {
      case UInt8(ascii: "n"): plain.append(0x0A)
      case UInt8(ascii: "r"): plain.append(0x0D)
      case UInt8(ascii: "s"): plain.append(0x20)
      case UInt8(ascii: "x"):
        plain.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? UInt8(ascii: "?"))
        rest = rest.dropFirst(2)
      default: plain.append(code)
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}

/// A record and the run that it is about.
package struct LogEntry: Hashable, Sendable {
  package var run: RunID
  package var record: LogRecord

  package init(run: RunID, record: LogRecord) {
    self.run = run
    self.record = record
  }
}
