import CProcess
import Foundation

/// `hpsearch __child PARENT -- PROGRAM ARGUMENTS...` becomes PROGRAM, after it has asked the system to kill it when the
/// process PARENT ends. A worker starts the programs of a `command` objective so: they do not outlive it, not even a
/// `kill -9`.
enum LeashedChild {
  private static let word = "__child"

  static func isAsked(_ arguments: [String]) -> Bool {
    arguments.count >= 5 && arguments[1] == word && arguments[3] == "--"
  }

  /// What goes before the program's own arguments.
  static func launcher(executable: String) -> [String] {
    [executable, word, "\(getpid())", "--"]
  }

  static func become(_ arguments: [String]) -> Never {
    _ = hpsearch_end_with_parent()
    // The parent may have ended before the line above.
    if let parent = pid_t(arguments[2]), getppid() != parent { exit(1) }
    signal(SIGPIPE, SIG_DFL)
    let program = Array(arguments[4...])
    let arguments = program.map { strdup($0) } + [nil]
    execvp(program[0], arguments)
    StandardError.write("cannot run \(program[0]): \(String(cString: strerror(errno)))\n")
    exit(127)
  }
}
