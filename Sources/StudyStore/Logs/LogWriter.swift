package import StudyModel

/// Appends to the logs of a study's runs. Logs survive `kill -9`; power loss may take the last seconds of them.
///
/// Records that are appended together are written with one system call, so that a reader never sees part of a line
/// unless the disk is full. A line that a crash tore is ended before the next one.
package final class LogWriter {
  private final class Log {
    let file: OpenFile
    /// The file ends within a line.
    var isTorn: Bool
    var lastUse = 0

    init(_ path: String) throws(StoreError) {
      file = try OpenFile(path, .append)
      let size = try file.size
      let end = size > 0 ? try file.read(size - 1..<size) : []
      isTorn = end.first.map { $0 != UInt8(ascii: "\n") } ?? false
    }
  }

  private let directory: StudyDirectory
  private let handles: Int
  private var open: [RunID: Log] = [:]
  private var uses = 0
  private var bytes: [UInt8] = []

  /// - Parameter handles: How many files are kept open, at least 1.
  package init(_ directory: StudyDirectory, handles: Int = 64) {
    precondition(handles >= 1, "a log writer needs at least one file handle, got \(handles)")
    self.directory = directory
    self.handles = handles
  }

  /// - Throws: `StoreError.full` and others of the file system. The writer can be used again.
  package func append(_ records: [LogRecord], to run: RunID) throws(StoreError) {
    if records.isEmpty { return }
    let log = try log(of: run)
    bytes.removeAll(keepingCapacity: true)
    if log.isTorn { bytes.append(UInt8(ascii: "\n")) }
    for record in records {
      record.append(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    log.isTorn = true
    try log.file.write(bytes)
    log.isTorn = false
  }

  /// Closes the file of a run that is over.
  package func close(_ run: RunID) { open[run] = nil }

  package func closeAll() { open.removeAll() }

  private func log(of run: RunID) throws(StoreError) -> Log {
    uses += 1
    if let log = open[run] {
      log.lastUse = uses
      return log
    }
    if open.count >= handles, let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      open[oldest.key] = nil
    }
    let log = try Log(directory.log(of: run))
    log.lastUse = uses
    open[run] = log
    return log
  }
}
