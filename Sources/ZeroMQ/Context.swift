import CZeroMQ

/// A libzmq context: its I/O threads and its in-process addresses. Thread safe, as zmq(7) says; lives as long as any
/// socket made in it.
package final class Context: Sendable {
  // zmq(7): "A ØMQ context is thread safe and may be shared among as many application threads as necessary".
  nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  package init() throws(ZeroMQError) {
    guard let handle = zmq_ctx_new() else { throw ZeroMQError("make a context") }
    self.handle = handle
  }

  deinit {
    zmq_ctx_term(handle)
  }
}
