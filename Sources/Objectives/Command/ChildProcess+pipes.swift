import Foundation

extension ChildProcess {
  /// Writes without SIGPIPE, which would end this process when the child has closed its input: the signal is blocked in
  /// this thread for the call and taken away. Process-wide handlers stay as they are.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> (count: Int, code: Int32) {
    var pipeSignal = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    var pending = sigset_t()
    sigpending(&pending)
    let wasPending = sigismember(&pending, SIGPIPE) == 1
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
    let count = Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    let code = errno
    if count < 0, code == EPIPE, !wasPending {
      var now = timespec()
      while sigtimedwait(&pipeSignal, nil, &now) < 0, errno == EINTR {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    return (count, code)
  }

  /// Both ends of a pipe, closed at exec and above the standard descriptors, so that placing the child's ends cannot
  /// overwrite one of them.
  static func makePipe() throws(ObjectiveError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure("make a pipe", errno) }
    var moved: [Int32] = []
    for end in ends {
      let descriptor = fcntl(end, F_DUPFD_CLOEXEC, 3)
      let code = errno
      close(end)
      guard descriptor >= 0 else {
        moved.forEach { close($0) }
        if moved.isEmpty { close(ends[1]) }
        throw failure("make a pipe", code)
      }
      moved.append(descriptor)
    }
    return (moved[0], moved[1])
  }

  static func failure(_ what: String, _ code: Int32) -> ObjectiveError {
    ObjectiveError("cannot \(what): \(String(cString: strerror(code)))")
  }
}
