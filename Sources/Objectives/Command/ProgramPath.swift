import Foundation

/// Finds the program of a command.
enum ProgramPath {
  /// The absolute path of the program. A name with a slash is relative to `directory`; one without is looked for in
  /// PATH.
  ///
  /// - Throws: `ObjectiveError` when there is no such program, when it cannot be executed, or when the script that an
  ///   interpreter is to run is not there.
  static func resolve(_ command: [String], directory: String) throws(ObjectiveError) -> String {
    guard let name = command.first, !name.isEmpty else {
      throw ObjectiveError("objective.command: expected a program and its arguments, found an empty list")
    }
    try checkScript(command, directory)
    if name.contains("/") {
      let path = RelativePath.absolute(name, from: directory)
      switch state(path) {
      case .executable: return path
      case .missing: throw ObjectiveError("objective.command: there is no program \(path)")
      case .notExecutable:
        throw ObjectiveError(
          "objective.command: \(path) is not executable; run chmod +x, or name its interpreter first")
      }
    }
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in search.split(separator: ":") {
      let path = "\(folder)/\(name)"
      if state(path) == .executable { return path }
    }
    let isBeside = state(RelativePath.absolute(name, from: directory)) != .missing
    throw ObjectiveError(
      "objective.command: there is no program '\(name)' in PATH"
        + (isBeside ? "; for the file beside the sweep file write './\(name)'" : ""))
  }

  private enum State { case executable, notExecutable, missing }

  private static func state(_ path: String) -> State {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      return .missing
    }
    return access(path, X_OK) == 0 ? .executable : .notExecutable
  }

  /// ["python3", "train.py"] without train.py would fail once for every run.
  private static func checkScript(_ command: [String], _ directory: String) throws(ObjectiveError) {
    guard command.count > 1, !command[1].hasPrefix("-") else { return }
    let suffixes = [".py", ".sh", ".R", ".r", ".jl", ".js", ".pl", ".rb", ".lua"]
    guard suffixes.contains(where: command[1].hasSuffix) else { return }
    let path = RelativePath.absolute(command[1], from: directory)
    if state(path) == .missing { throw ObjectiveError("objective.command: there is no script \(path)") }
  }
}
