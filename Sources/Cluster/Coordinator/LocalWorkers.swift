import ClusterProtocol
import Foundation

/// The worker processes on this machine that a coordinator starts, watches and restarts.
///
/// They never outlive it: each holds the reading end of a pipe as its standard input, and ends when the other end is
/// closed, which the system does for a coordinator that was killed.
package final class LocalWorkers {
  package struct Launch: Sendable {
    /// The program and its arguments, without the name of the worker.
    package var arguments: [String]
    package var environment: [String: String]
    /// Where a worker's standard error goes; `worker-<name>.log` in this folder.
    package var logDirectory: String

    package init(arguments: [String], environment: [String: String], logDirectory: String) {
      self.arguments = arguments
      self.environment = environment
      self.logDirectory = logDirectory
    }
  }

  package struct Death: Sendable {
    package let name: String
    package let reason: String
  }

  private struct Worker {
    let name: String
    var processID: pid_t
    var startedAt: Duration
    /// Deaths in a row that came soon after the start and that no run can have caused.
    var earlyDeaths = 0
    var lastEnd = ""
    /// Whether the coordinator has heard of it since it was started.
    var hasJoined = false
    var restartAt: Duration?
  }

  private let launch: Launch
  private var workers: [Worker] = []
  private let leash: (read: Int32, write: Int32)
  private var isStopping = false
  private static let mostEarlyDeaths = 5
  private static let joiningPatience = Duration.seconds(30)

  package init(launch: Launch) throws {
    self.launch = launch
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw LaunchError("no file descriptors left for a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    leash = (ends[0], ends[1])
  }

  deinit {
    kill()
    close(leash.read)
    close(leash.write)
  }

  package var isEmpty: Bool { workers.allSatisfy { $0.processID == 0 } }

  package func start(_ count: Int, at now: Duration) throws {
    for _ in 0..<count {
      let name = "\(CoordinatorSession.localPrefix)\(workers.count + 1)"
      workers.append(Worker(name: name, processID: try spawn(name), startedAt: now))
    }
  }

  /// The workers that ended since the last call. They are started again, at once or, when they end again and again,
  /// after a while.
  ///
  /// - Throws: `LaunchError` when a worker cannot live at all.
  package func reap(at now: Duration) throws -> [Death] {
    var deaths: [Death] = []
    for index in workers.indices {
      if workers[index].processID > 0 {
        var status: Int32 = 0
        guard waitpid(workers[index].processID, &status, WNOHANG) == workers[index].processID else {
          killIfItNeverJoined(index, at: now)
          continue
        }
        workers[index].processID = 0
        workers[index].lastEnd = ProcessEnd(status: status).description
        deaths.append(Death(name: workers[index].name, reason: workers[index].lastEnd))
        let isEarly = now - workers[index].startedAt < .seconds(2) || !workers[index].hasJoined
        workers[index].earlyDeaths = isEarly ? workers[index].earlyDeaths + 1 : 0
        workers[index].restartAt = now + .milliseconds(50 << max(0, workers[index].earlyDeaths - 1))
      } else if let restartAt = workers[index].restartAt, restartAt <= now, !isStopping {
        guard workers[index].earlyDeaths < Self.mostEarlyDeaths else {
          throw LaunchError(
            "\(workers[index].name) ended \(Self.mostEarlyDeaths) times soon after its start "
              + "(\(workers[index].lastEnd)); what it said is in \(errorLog(workers[index].name))")
        }
        workers[index].restartAt = nil
        workers[index].hasJoined = false
        workers[index].startedAt = now
        workers[index].processID = try spawn(workers[index].name)
      }
    }
    return deaths
  }

  /// The worker said hello.
  package func joined(_ name: String) {
    for index in workers.indices where workers[index].name == name { workers[index].hasJoined = true }
  }

  /// The worker's end was the fault of the run that it had: it is started again at once.
  package func excuse(_ name: String) {
    for index in workers.indices where workers[index].name == name {
      workers[index].earlyDeaths = 0
      workers[index].restartAt = .zero
    }
  }

  /// Ends one worker that does not answer; `reap` starts it again.
  package func kill(_ name: String) {
    for worker in workers where worker.name == name && worker.processID > 0 {
      Foundation.kill(worker.processID, SIGKILL)
    }
  }

  /// A worker that lives and never finds the coordinator would be waited for without end.
  private func killIfItNeverJoined(_ index: Int, at now: Duration) {
    let worker = workers[index]
    guard !worker.hasJoined, now - worker.startedAt > Self.joiningPatience, !isStopping else { return }
    Foundation.kill(worker.processID, SIGKILL)
  }

  /// Stops restarting: the workers were told to end.
  package func stopRestarting() { isStopping = true }

  /// Waits for the workers to end, and kills those that have not after so long.
  package func wait(_ patience: Duration) {
    isStopping = true
    let deadline = Uptime.now + patience
    while !isEmpty, Uptime.now < deadline {
      _ = try? reap(at: Uptime.now)
      usleep(5000)
    }
    kill()
  }

  package func kill() {
    isStopping = true
    for index in workers.indices where workers[index].processID > 0 {
      Foundation.kill(workers[index].processID, SIGKILL)
      waitpid(workers[index].processID, nil, 0)
      workers[index].processID = 0
    }
  }

  private func errorLog(_ name: String) -> String { "\(launch.logDirectory)/worker-\(name).log" }

  private func spawn(_ name: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_adddup2(&files, leash.read, 0)
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&files, 2, errorLog(name), O_WRONLY | O_CREAT | O_APPEND, 0o644)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C in the terminal is for the coordinator, which then drains the workers. Signals that
    // the coordinator handles or ignores are as usual again.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGCHLD] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    let arguments = launch.arguments + ["--name", name]
    var processID: pid_t = 0
    let status = CStrings(arguments).withPointers { arguments in
      CStrings(launch.environment.map { "\($0.key)=\($0.value)" }.sorted()).withPointers { environment in
        posix_spawn(&processID, launch.arguments[0], &files, &attributes, arguments, environment)
      }
    }
    guard status == 0 else {
      throw LaunchError("cannot start \(launch.arguments[0]): \(String(cString: strerror(status)))")
    }
    return processID
  }
}

/// A worker process could not be started or kept alive.
package struct LaunchError: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
