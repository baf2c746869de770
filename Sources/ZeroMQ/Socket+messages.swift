import CZeroMQ

extension Socket {
  /// Sends one message of one or more frames.
  ///
  /// - Returns: false when it would have to wait: the queue is full, or there is no peer.
  /// - Throws: `ZeroMQError`, EHOSTUNREACH for a mandatory ROUTER whose peer is gone.
  @discardableResult
  package func send(_ frames: [[UInt8]]) throws(ZeroMQError) -> Bool {
    for (index, frame) in frames.enumerated() {
      let more = index < frames.count - 1 ? ZMQ_SNDMORE : 0
      var status: Int32
      repeat {
        status = frame.withUnsafeBytes { zmq_send(handle, $0.baseAddress, $0.count, ZMQ_DONTWAIT | more) }
      } while status < 0 && zmq_errno() == EINTR
      if status < 0 {
        // Once the first frame is accepted the others are too: zmq_msg_send(3) keeps a message whole.
        if zmq_errno() == EAGAIN { return false }
        throw ZeroMQError("send a message")
      }
    }
    return true
  }

  /// The next message that has arrived, all its frames; nil if there is none. Never waits.
  package func receive() throws(ZeroMQError) -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    while true {
      var message = zmq_msg_t()
      zmq_msg_init(&message)
      defer { zmq_msg_close(&message) }
      if zmq_msg_recv(&message, handle, ZMQ_DONTWAIT) < 0 {
        switch zmq_errno() {
        case EAGAIN where frames.isEmpty: return nil
        case EINTR: continue
        default: throw ZeroMQError("receive a message")
        }
      }
      let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
      frames.append([UInt8](bytes))
      if zmq_msg_more(&message) == 0 { return frames }
    }
  }
}
