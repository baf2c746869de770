import ArgumentParser
import Foundation
import StudyModel

/// Throws for the first of some options whose number is too small.
func check(_ options: KeyValuePairs<String, Int>, atLeast least: Int = 1) throws {
  for (name, value) in options where value < least {
    throw ValidationError("--\(name) is \(value); it must be \(least) or more")
  }
}

/// A sweep file.
struct SweepFile {
  var configuration: SweepConfiguration
  /// The folder that relative paths in it start from.
  var directory: String

  /// - Parameter data: That folder, if it is not the file's own.
  init(_ path: String, data: String?) throws {
    let url = URL(fileURLWithPath: path)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw ValidationError("cannot read the sweep file \(path); check the path")
    }
    configuration = try SweepConfiguration(
      parsing: text, fileName: path, defaultName: url.deletingPathExtension().lastPathComponent)
    directory = data ?? url.deletingLastPathComponent().path
  }
}
