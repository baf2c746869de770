import StudyModel

/// Reading lines of log files.
enum LogLines {
  private static let newline = UInt8(ascii: "\n")

  /// The entries of the lines in `bytes`. A line that is not a record becomes a warning with the line as its message
  /// and the time of the one before it (`time` for the first), so that nothing is hidden.
  static func entries(of bytes: ArraySlice<UInt8>, run: RunID, after time: Double = 0) -> [LogEntry] {
    var time = time
    return bytes.split(separator: newline).map { line in
      let record =
        LogRecord(bytes: line)
        ?? LogRecord(
          at: time, attempt: 0, worker: "", level: .warning,
          message: "damaged line: \(String(decoding: line, as: UTF8.self))")
      time = record.at
      return LogEntry(run: run, record: record)
    }
  }

  /// The last `count` lines of the first `size` bytes of a file. `torn`: whether a last line without an end counts.
  static func last(_ count: Int, of file: OpenFile, size: Int, torn: Bool) throws(StoreError) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    var start = size
    var end: Int?
    var ends = 0
    // Backwards, until one line end more than lines wanted was seen.
    while start > 0, ends <= count {
      let from = max(0, start - 65_536)
      let block = try file.read(from..<start)
      bytes = block + bytes
      if end == nil, torn { end = size }
      if end == nil, let last = block.lastIndex(of: newline) { end = from + last + 1 }
      ends = bytes.count { $0 == newline }
      start = from
    }
    guard let end, count > 0 else { return [] }
    let text = bytes[..<(end - start)]
    var lines = 0
    var first = text.endIndex
    while first > text.startIndex {
      if text[first - 1] == newline, first != text.endIndex {
        lines += 1
        if lines == count { break }
      }
      first -= 1
    }
    return text[first...]
  }

  /// The end of the last complete line before `size`.
  static func lineEnd(in file: OpenFile, before size: Int) throws(StoreError) -> Int {
    var start = size
    while start > 0 {
      let from = max(0, start - 65_536)
      if let last = try file.read(from..<start).lastIndex(of: newline) { return from + last + 1 }
      start = from
    }
    return 0
  }

  /// In order of time; records of the same time in the order of their runs and files.
  static func merge(_ entries: [LogEntry]) -> [LogEntry] {
    // The sort of the standard library is stable.
    entries.sorted { ($0.record.at, $0.run) < ($1.record.at, $1.run) }
  }
}

extension RunID {
  /// The run whose log file has this name, for example `trial-0007-run-2.log`.
  init?(logName name: some StringProtocol) {
    guard name.hasSuffix(".log") else { return nil }
    let parts = name.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "trial", parts[2] == "run", let trial = Int(parts[1]),
      let index = Int(parts[3]),
      trial >= 0, index >= 0
    else { return nil }
    self.init(trial: trial, index: index)
    guard "\(self).log" == name else { return nil }
  }
}
