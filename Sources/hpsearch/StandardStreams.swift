import ArgumentParser
import Foundation
import Reports

/// Where data goes. Whole pieces are written at once, so that nothing is torn when the process is stopped.
enum StandardOutput {
  static let terminal = Terminal.at(STDOUT_FILENO)

  /// Writes all of the text. When the reader has closed its end (`| head`) there is nothing left to do, and the process
  /// ends quietly.
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Foundation.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if written >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } else if errno == EPIPE {
          Foundation.exit(EXIT_SUCCESS)
        } else if errno == EAGAIN {
          // The other end is non-blocking and full.
          usleep(10_000)
        } else if errno != EINTR {
          _ = fail("cannot write to standard output: \(String(cString: strerror(errno)))")
          Foundation.exit(EXIT_FAILURE)
        }
      }
    }
  }
}

/// Where diagnostics go.
enum StandardError {
  /// Writes the text. That nobody reads it any more, or that the disk is full, is no reason to stop working.
  static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

/// How a command shows its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}
