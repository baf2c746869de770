import CProcess
import Foundation

extension ChildProcess {
  struct Spawned {
    var identifier: pid_t
    /// Our ends of the pipes; they do not block.
    var input: Int32
    var output: Int32
    var errors: Int32
  }

  /// Starts a process in a new group, with no descriptors but the three pipes, with the signals as a shell would leave
  /// them.
  static func spawn(
    _ arguments: [String], environment: [String: String], directory: String
  ) throws(ObjectiveError) -> Spawned {
    let input = try makePipe()
    let output: (read: Int32, write: Int32)
    let errors: (read: Int32, write: Int32)
    do throws(ObjectiveError) {
      output = try makePipe()
    } catch {
      [input.read, input.write].forEach { close($0) }
      throw error
    }
    do throws(ObjectiveError) {
      errors = try makePipe()
    } catch {
      [input.read, input.write, output.read, output.write].forEach { close($0) }
      throw error
    }
    let pipes = [input.read, input.write, output.read, output.write, errors.read, errors.write]

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let added = hpsearch_spawn_in_directory(&actions, directory)
    guard added == 0 else {
      pipes.forEach { close($0) }
      throw failure("start a process in \(directory)", added)
    }
    posix_spawn_file_actions_adddup2(&actions, input.read, 0)
    posix_spawn_file_actions_adddup2(&actions, output.write, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
    // Without it the child has what was opened without O_CLOEXEC, which none of our libraries does.
    _ = hpsearch_spawn_closing_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in 1..<Int32(32) where signal != SIGKILL && signal != SIGSTOP { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var identifier: pid_t = 0
    let code = posix_spawn(&identifier, arguments[0], &actions, &attributes, &argv, &envp)
    [input.read, output.write, errors.write].forEach { close($0) }
    guard code == 0 else {
      [input.write, output.read, errors.read].forEach { close($0) }
      throw failure("start \(arguments[0]) in \(directory)", code)
    }
    for descriptor in [input.write, output.read, errors.read] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    return Spawned(identifier: identifier, input: input.write, output: output.read, errors: errors.read)
  }
}
