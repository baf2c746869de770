import Foundation

/// A process in a group of its own, with pipes to its standard input, output and error. The process and everything it
/// started end with this object.
///
/// Nothing here blocks: bytes to write are kept until the pipe takes them, and both output pipes are read in the same
/// `poll`, so that no full pipe can stop both sides. Used from one thread.
final class ChildProcess {
  /// Lines that a poll brought.
  struct Batch {
    var output: [[UInt8]] = []
    var errors: [[UInt8]] = []
    /// A line of the output was longer than `longestLine` and is cut.
    var hasOverlongLine = false
    /// Nothing was read, not even a part of a line.
    var isEmpty = true
  }

  static let longestLine = 16 << 20
  static let longestErrorLine = 1 << 16

  let identifier: pid_t
  /// Set by `terminate`.
  private(set) var status: ExitStatus?
  private var input: Int32
  private var output: Int32
  private var errors: Int32
  private var unsent: [UInt8] = []
  private var outputLines = LineSplitter(limit: longestLine, endsAtCarriageReturn: false)
  private var errorLines = LineSplitter(limit: longestErrorLine, endsAtCarriageReturn: true)
  private var scratch = [UInt8](repeating: 0, count: 1 << 16)

  /// - Parameters:
  ///   - arguments: The program's path first.
  ///   - environment: The whole environment.
  init(arguments: [String], environment: [String: String], directory: String) throws(ObjectiveError) {
    let spawned = try ChildProcess.spawn(arguments, environment: environment, directory: directory)
    (identifier, input, output, errors) = (spawned.identifier, spawned.input, spawned.output, spawned.errors)
  }

  deinit { terminate(politely: true) }

  var isOutputClosed: Bool { output < 0 }

  func send(_ line: [UInt8]) {
    unsent += line
    flush()
  }

  /// Waits until there is something to read, at most so long, and reads and writes what can be read and written.
  func poll(milliseconds: Int) -> Batch {
    var batch = Batch()
    var descriptors: [pollfd] = []
    if output >= 0 { descriptors.append(pollfd(fd: output, events: Int16(POLLIN), revents: 0)) }
    if errors >= 0 { descriptors.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0)) }
    if input >= 0, !unsent.isEmpty { descriptors.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
    // Without descriptors this is a sleep.
    _ = Foundation.poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds))
    flush()
    output = read(output, into: &outputLines, &batch.isEmpty) { line, isCut in
      batch.output.append(line)
      if isCut { batch.hasOverlongLine = true }
    }
    errors = read(errors, into: &errorLines, &batch.isEmpty) { line, _ in batch.errors.append(line) }
    return batch
  }

  /// True when the process is over. What it wrote may still be in the pipes. It stays a zombie until `terminate`, so
  /// that its number, which is its group's too, is nobody else's.
  func hasEnded() -> Bool {
    if status != nil { return true }
    var information = siginfo_t()
    guard waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else { return false }
    return information.si_signo == SIGCHLD
  }

  /// Ends the process and its group: by the end of its input where there is time to be polite, by SIGTERM, by SIGKILL.
  func terminate(politely: Bool) {
    guard status == nil else { return }
    close(&input)
    if politely { wait(milliseconds: 500) }
    if !hasEnded() {
      kill(-identifier, SIGTERM)
      wait(milliseconds: 2000)
    }
    // The group may outlive its leader.
    kill(-identifier, SIGKILL)
    var code: Int32 = 0
    while waitpid(identifier, &code, 0) < 0, errno == EINTR {}
    status = ExitStatus(waitStatus: code)
    close(&output)
    close(&errors)
  }

  private func wait(milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    // Reads on, so that a process that is writing its last words can finish.
    while !hasEnded(), ContinuousClock.now < end { _ = poll(milliseconds: 5) }
  }

  private func flush() {
    guard input >= 0, !unsent.isEmpty else { return }
    let (count, code) = unsent.withUnsafeBytes { Self.write(input, $0) }
    if count > 0 { unsent.removeFirst(count) }
    // Nobody reads any more; that the process ended shows elsewhere.
    if count < 0, code != EAGAIN, code != EINTR { close(&input) }
  }

  /// Reads at most one buffer, so that a flood cannot keep the caller from its clock. Returns the descriptor, or -1
  /// when the other side closed it.
  private func read(
    _ descriptor: Int32, into lines: inout LineSplitter, _ isEmpty: inout Bool,
    _ body: (_ line: [UInt8], _ isCut: Bool) -> Void
  ) -> Int32 {
    guard descriptor >= 0 else { return descriptor }
    let (count, code) = scratch.withUnsafeMutableBytes { buffer in
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      return (count, errno)
    }
    if count > 0 {
      isEmpty = false
      scratch.withUnsafeBytes { lines.append(UnsafeRawBufferPointer(rebasing: $0[..<count]), body) }
      return descriptor
    }
    if count < 0, code == EAGAIN || code == EINTR { return descriptor }
    lines.finish(body)
    Foundation.close(descriptor)
    return -1
  }

  private func close(_ descriptor: inout Int32) {
    if descriptor >= 0 { Foundation.close(descriptor) }
    descriptor = -1
  }
}
