import Foundation
import Logging
import Reports
import Synchronization

/// Standard error, with the progress display at its bottom: diagnostics go above it.
final class Console: Sendable {
  private let progress: Mutex<ProgressModel>
  private let isQuiet: Bool

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    progress = Mutex(ProgressModel(.at(STDERR_FILENO)))
  }

  func update(_ snapshot: ProgressSnapshot) {
    guard !isQuiet else { return }
    progress.withLock { progress in
      progress.terminal = .at(STDERR_FILENO)
      write(progress.update(snapshot, at: snapshot.elapsed))
    }
  }

  func finish(_ snapshot: ProgressSnapshot) {
    guard !isQuiet else { return }
    progress.withLock { write($0.finish(snapshot)) }
  }

  func message(_ text: String) {
    progress.withLock { write($0.message(text)) }
  }

  private func write(_ text: String) {
    guard !text.isEmpty else { return }
    StandardError.write(text)
  }
}

/// Sends log messages to the console, and all of them with their time to a file if there is one.
struct ConsoleLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata = Logger.Metadata()
  private let console: Console
  private let consoleLevel: Logger.Level
  private let file: FileHandle?

  /// - Parameter path: a file to append to; one that cannot be opened is left out, for a log is no reason to fail.
  init(console: Console, consoleLevel: Logger.Level, path: String? = nil) {
    self.console = console
    self.consoleLevel = consoleLevel
    file = path.flatMap { path in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
      return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let text = "\(event.message)"
    if event.level >= consoleLevel {
      console.message(event.level >= .warning ? "\(event.level): \(text)" : text)
    }
    let line = "\(Date().formatted(.iso8601.time(includingFractionalSeconds: true))) \(event.level) \(text)\n"
    try? file?.write(contentsOf: Data(line.utf8))
  }
}
