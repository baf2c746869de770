import CZeroMQ

/// What happens to the connections of a listening socket, below the messages: handshakes that fail, which is what
/// bytes that are not ZeroMQ look like.
package struct ConnectionMonitor: ~Copyable {
  package struct Failure: Hashable, Sendable {
    package let address: String
    package let reason: String
  }

  package let socket: Socket

  /// - Parameter name: unique within the context.
  package init(of watched: borrowing Socket, name: String, in context: Context) throws(ZeroMQError) {
    let address = "inproc://monitor-\(name)"
    let events =
      ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    guard zmq_socket_monitor(watched.handle, address, events) == 0 else { throw ZeroMQError("watch connections") }
    let pair = try Socket(.pair, in: context)
    try pair.set(.linger(0))
    try pair.connect(address)
    socket = pair
  }

  /// The failed handshakes since the last call. Never waits.
  package func failures() throws(ZeroMQError) -> [Failure] {
    var failures: [Failure] = []
    while let frames = try socket.receive() {
      guard frames.count == 2, frames[0].count == 6 else { continue }
      let event = Int32(frames[0][0]) | Int32(frames[0][1]) << 8
      let reason =
        switch event {
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: "its key was not accepted"
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: "it does not speak ZeroMQ, or has not the right key"
        default: "it closed the connection or sent nothing within the time"
        }
      failures.append(Failure(address: String(decoding: frames[1], as: UTF8.self), reason: reason))
    }
    return failures
  }
}
