import CZeroMQ

/// Waits for sockets and file descriptors to have something to read.
package struct Poller: ~Copyable {
  private var items: [zmq_pollitem_t] = []

  package init() {}

  /// - Returns: the index to ask `isReadable` with. The socket has to outlive the poller.
  @discardableResult
  package mutating func add(_ socket: borrowing Socket) -> Int {
    items.append(zmq_pollitem_t(socket: socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
    return items.count - 1
  }

  @discardableResult
  package mutating func add(fileDescriptor: Int32) -> Int {
    items.append(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    return items.count - 1
  }

  /// Waits until something is readable, a signal arrives, or the time is over.
  ///
  /// - Parameter milliseconds: 0 looks and returns, -1 waits for ever.
  package mutating func wait(milliseconds: Int) throws(ZeroMQError) {
    for index in items.indices { items[index].revents = 0 }
    if zmq_poll(&items, Int32(items.count), milliseconds) < 0 && zmq_errno() != EINTR {
      throw ZeroMQError("wait for messages")
    }
  }

  package func isReadable(_ index: Int) -> Bool {
    // A closed pipe shows as an error condition and not as data; reading it then gives the end of file.
    items[index].revents != 0
  }
}
