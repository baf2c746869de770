import StudyModel
import StudyStore
import Testing

@Suite struct LogRecordTests {
  private func record(at: Double = 0, worker: String = "node-3.0", _ message: String) -> LogRecord {
    LogRecord(at: at, attempt: 2, worker: worker, level: .info, message: message)
  }

  @Test func aLineReadsWell() {
    let record = record(at: 1_769_000_000.123, "epoch 20 of 200, elbo -31.4")
    #expect(record.line == "2026-01-21T12:53:20.123Z info attempt-2 node-3.0 epoch 20 of 200, elbo -31.4")
  }

  /// Times from Python's datetime.
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400.001, "2000-02-29T00:00:00.001Z"),
    (1_709_208_000.5, "2024-02-29T12:00:00.500Z"), (-1.5, "1969-12-31T23:59:58.500Z"),
    (253_402_300_799.999, "9999-12-31T23:59:59.999Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
    (1_769_000_000.9996, "2026-01-21T12:53:21.000Z"), (.nan, "1970-01-01T00:00:00.000Z"),
    (.infinity, "9999-12-31T23:59:59.999Z"), (-1e300, "0000-01-01T00:00:00.000Z"),
  ])
  func times(seconds: Double, text: String) {
    #expect(record(at: seconds, "").line.prefix(24) == text)
  }

  @Test func timesComeBack() {
    for day in stride(from: -700_000, to: 2_900_000, by: 97) {
      let seconds = (Double(day) * 86_400_000 + Double(day * 7919 % 86_400_000)) / 1000
      #expect(LogRecord(line: record(at: seconds, "x").line)?.at == seconds)
    }
  }

  @Test(arguments: [
    "", " ", "  two  spaces ", "line\nline\r\nline", "back\\slash \\n \\x41 \\", "tab\there",
    "\u{1B}[31mred\u{0}\u{7F}",
    "snow \u{2603} \u{2028}",
  ])
  func anyMessageIsOneLineAndComesBack(message: String) {
    for worker in ["node-3.0", "", "a b", "\\e", "x\ny\tz"] {
      for level in LogLevel.allCases {
        let record = LogRecord(at: 1.5, attempt: 12, worker: worker, level: level, message: message)
        #expect(!record.line.utf8.contains(0x0A))
        #expect(!record.line.utf8.contains(0x1B))
        #expect(LogRecord(line: record.line) == record)
      }
    }
  }

  @Test(arguments: [
    "", "hello", "2026-01-21T12:53:20.123Z", "2026-01-21T12:53:20.123Z info attempt-2 node-3.0",
    "2026-01-21T12:53:20.123Z loud attempt-2 node-3.0 x", "2026-01-21T12:53:20.123Z info attempt-two node-3.0 x",
    "2026-13-21T12:53:20.123Z info attempt-2 node-3.0 x", "2026-01-21 12:53:20.123Z info attempt-2 node-3.0 x",
    "2026-01-21T25:53:20.123Z info attempt-2 node-3.0 x",
  ])
  func otherLinesAreNotRecords(line: String) {
    #expect(LogRecord(line: line) == nil)
  }
}
