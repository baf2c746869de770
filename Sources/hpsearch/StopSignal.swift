import Foundation
import Synchronization

/// Whether the user has asked the process to stop. The first signal is remembered; the next one ends the process.
enum StopSignal {
  private static let flag = Atomic<Bool>(false)

  static var isRaised: Bool { flag.load(ordering: .relaxed) }

  static func watch(_ signals: [Int32] = [SIGINT, SIGTERM]) {
    // Made here, so that the handler finds it made.
    flag.store(false, ordering: .relaxed)
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in StopSignal.flag.store(true, ordering: .relaxed) }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESTART) | UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
    // Whoever started this process may have blocked them, and a mask is inherited.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }
}
