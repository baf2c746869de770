package import StudyModel

/// Reads the logs of a study, while it runs or long after.
package struct LogReader: Sendable {
  private let directory: StudyDirectory

  package init(_ directory: StudyDirectory) {
    self.directory = directory
  }

  /// The last `count` records of a run, in order; none when it has no log.
  package func last(_ count: Int, of run: RunID) throws(StoreError) -> [LogEntry] {
    guard let size = Files.size(of: directory.log(of: run)) else { return [] }
    return try last(count, of: run, size: size, torn: true)
  }

  /// The last `count` records of a trial, or of all runs of the study, in order of time.
  package func last(_ count: Int, trial: Int? = nil) throws(StoreError) -> [LogEntry] {
    try last(count, in: files(trial: trial), torn: true)
  }

  struct LogFile {
    var run: RunID
    var size: Int
    /// When it was last written to, in seconds since 1970.
    var changedAt: Double
  }

  /// The log files that there are, in no order.
  func files(trial: Int?) throws(StoreError) -> [LogFile] {
    guard Files.exists(directory.logs) else { return [] }
    return try Files.list(directory.logs).compactMap { name in
      guard let run = RunID(logName: name), trial == nil || run.trial == trial,
        let status = Files.status(of: directory.log(of: run))
      else { return nil }
      return LogFile(run: run, size: Files.size(status), changedAt: Files.changedAt(status))
    }
  }

  func last(_ count: Int, in files: [LogFile], torn: Bool) throws(StoreError) -> [LogEntry] {
    var found: [LogEntry] = []
    // The latest first. A file that was last written to before the oldest record wanted can be left out; a minute is
    // for the workers' clocks.
    for file in files.sorted(by: { ($0.changedAt, $0.run) > ($1.changedAt, $1.run) }) {
      if found.count == count, let oldest = found.first, file.changedAt + 60 < oldest.record.at { break }
      found = LogLines.merge(found + (try last(count, of: file.run, size: file.size, torn: torn))).suffix(count)
    }
    return found
  }

  private func last(_ count: Int, of run: RunID, size: Int, torn: Bool) throws(StoreError) -> [LogEntry] {
    let file = try OpenFile(directory.log(of: run), .read)
    let entries = LogLines.entries(of: try LogLines.last(count, of: file, size: size, torn: torn), run: run)
    return entries.suffix(count)
  }
}
