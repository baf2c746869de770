extension Duration {
  /// For poll(2): rounded up, so that a wait is never cut to a busy loop.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  package var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

/// The time since this process first asked, by a monotonic clock that stands still while the machine sleeps: a worker is
/// not silent then.
package enum Uptime {
  private static let start = SuspendingClock.now

  package static var now: Duration { SuspendingClock.now - start }
}
