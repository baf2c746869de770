import Foundation

/// Paths in a sweep file start from the folder of the file.
enum RelativePath {
  static func absolute(_ path: String, from directory: String) -> String {
    let base = URL(fileURLWithPath: directory, isDirectory: true)
    return URL(fileURLWithPath: (path as NSString).expandingTildeInPath, relativeTo: base).standardizedFileURL.path
  }
}
