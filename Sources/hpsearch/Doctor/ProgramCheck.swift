import Foundation

/// Programs that sweeps may want to run.
enum ProgramCheck {
  static func python(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") -> Finding {
    let found = path.split(separator: ":").map { "\($0)/python3" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    return Finding(
      "python3", found ?? "not in PATH",
      remedy: found == nil
        ? "Only sweeps whose objective is a Python program need it, such as configs/command.json: "
          + "apt-get install python3"
        : nil)
  }
}
