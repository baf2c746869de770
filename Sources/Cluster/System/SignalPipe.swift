import Foundation
import Synchronization

/// Signals as bytes in a pipe, so that an event loop sees them beside its messages. There is one per process.
package final class SignalPipe: Sendable {
  package let readDescriptor: Int32
  private static let writeDescriptor = Atomic<Int32>(-1)

  /// Takes over the given signals until the process ends.
  package init(_ signals: [Int32]) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0, "no file descriptors left for a pipe")
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    readDescriptor = ends[0]
    Self.writeDescriptor.store(ends[1], ordering: .releasing)
    for number in signals {
      var action = sigaction()
      // Only what is safe in a signal handler: one atomic load and one write(2).
      action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        defer { errno = saved }
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(SignalPipe.writeDescriptor.load(ordering: .acquiring), &byte, 1)
      }
      action.sa_flags = Int32(SA_RESTART)
      sigaction(number, &action, nil)
    }
    // Whoever started this process may have blocked them, and a mask is inherited.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// The signals that came since the last call. Never waits.
  package func take() -> [Int32] {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(readDescriptor, &buffer, buffer.count)
    return count > 0 ? buffer.prefix(count).map(Int32.init) : []
  }
}
