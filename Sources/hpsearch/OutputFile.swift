import Foundation
import StudyStore

/// A file that a command writes when its work is done.
struct OutputFile {
  var path: String

  init(_ path: String) {
    self.path = path
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// After a crash or a power cut there is the old file or the new one, and never a part.
  func write(_ bytes: [UInt8]) throws { try Files.replace(path, with: bytes) }

  func remove() { unlink(path) }

  /// Throws where no file can be made at the path, so that it is known before hours of work.
  func checkFolder() throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if access(folder, W_OK) != 0 { throw Problem(folder: folder, reason: String(cString: strerror(errno))) }
  }

  private struct Problem: Error, CustomStringConvertible {
    var folder: String
    var reason: String

    var description: String { "cannot write to the folder \(folder): \(reason)" }
  }
}
