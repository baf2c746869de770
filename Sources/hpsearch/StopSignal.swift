import Foundation
import Synchronization

/// Whether the user has asked the process to stop. The first signal is remembered; the next one ends the process.
enum StopSignal {
  private static let flag = Atomic<Bool>(false)

  static var isRaised: Bool { flag.load(ordering: .relaxed) }

  private static let signals = [SIGINT, SIGTERM]

  static func watch() {
    // Looked at here, so that the handler finds it made.
    _ = isRaised
    for number in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in StopSignal.flag.store(true, ordering: .relaxed) }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESTART) | UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
    // Whoever started this process may have blocked them, and a mask is inherited.
    mask(SIG_UNBLOCK)
  }

  /// Before this process becomes another program, which forgets the handlers and keeps the mask: signals wait until that
  /// program watches for them, the one that came already too.
  static func holdForRestart() {
    mask(SIG_BLOCK)
    if isRaised { pthread_kill(pthread_self(), SIGINT) }
  }

  private static func mask(_ change: Int32) {
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in signals { sigaddset(&mask, number) }
    pthread_sigmask(change, &mask, nil)
  }
}
