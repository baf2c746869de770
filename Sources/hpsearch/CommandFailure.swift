import ArgumentParser
import Foundation

/// Says on standard error why a command ends, and ends it with the status.
///
/// 1: the work failed. 64: bad usage or bad configuration. 130: interrupted, and resumable.
func fail(_ message: some CustomStringConvertible, status: Int32 = 1) -> ExitCode {
  StandardError.write("Error: \(message)\n")
  return ExitCode(status)
}

func fail(_ error: any Error, status: Int32 = 1) -> ExitCode {
  fail("\(error)", status: status)
}

extension ExitCode {
  static let usage: Int32 = 64
  static let interrupted = ExitCode(130)
}
