import CZeroMQ

/// A libzmq socket. It has one owner, belongs to one thread at a time and is closed when its owner lets go of it.
package struct Socket: ~Copyable {
  package enum Kind {
    case router, dealer, pair

    var code: Int32 {
      switch self {
      case .router: ZMQ_ROUTER
      case .dealer: ZMQ_DEALER
      case .pair: ZMQ_PAIR
      }
    }
  }

  let handle: UnsafeMutableRawPointer
  // Keeps the context alive for as long as the socket is.
  private let context: Context

  package init(_ kind: Kind, in context: Context) throws(ZeroMQError) {
    guard let handle = zmq_socket(context.handle, kind.code) else { throw ZeroMQError("make a socket") }
    self.handle = handle
    self.context = context
  }

  deinit {
    zmq_close(handle)
  }

  /// Binds to an address such as tcp://127.0.0.1:7777 or ipc:///run/user/1000/x.
  package func bind(_ address: String) throws(ZeroMQError) {
    guard zmq_bind(handle, address) == 0 else { throw ZeroMQError("listen on \(address)") }
  }

  /// Connects in the background, now and after every loss of the connection.
  package func connect(_ address: String) throws(ZeroMQError) {
    guard zmq_connect(handle, address) == 0 else { throw ZeroMQError("connect to \(address)") }
  }

  /// The address last bound to, with the port that the system chose where the port was `*`.
  package func lastEndpoint() throws(ZeroMQError) -> String {
    var buffer = [CChar](repeating: 0, count: 1024)
    var size = buffer.count
    guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else { throw ZeroMQError("read the endpoint") }
    return String(decoding: buffer.prefix(max(0, size - 1)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Socket {
  package enum Option {
    /// Milliseconds that unsent messages keep the socket open after it is closed.
    case linger(Int32)
    /// Messages that may wait to be sent or received; 0 is no limit.
    case highWaterMark(Int32)
    /// The largest message that a peer may send, in bytes; a peer that sends more is disconnected.
    case maximumMessageSize(Int64)
    /// Milliseconds within which a peer has to finish the handshake.
    case handshakeInterval(Int32)
    /// Milliseconds between attempts to reconnect, doubling up to the maximum.
    case reconnectInterval(Int32, maximum: Int32)
    /// ROUTER: sending to a peer that is gone is an error and not silence.
    case routerMandatory
    case ipv6
    /// Detect peers that vanished without closing the connection.
    case tcpKeepalive
    /// CURVE, the listening side: only peers that know the public key get in.
    case curveServer(secretKey: String)
    /// CURVE, the connecting side.
    case curveClient(serverKey: String, publicKey: String, secretKey: String)
  }

  package func set(_ option: Option) throws(ZeroMQError) {
    switch option {
    case .linger(let value): try set(ZMQ_LINGER, value)
    case .highWaterMark(let value):
      try set(ZMQ_SNDHWM, value)
      try set(ZMQ_RCVHWM, value)
    case .maximumMessageSize(let value): try set(ZMQ_MAXMSGSIZE, value)
    case .handshakeInterval(let value): try set(ZMQ_HANDSHAKE_IVL, value)
    case .reconnectInterval(let value, let maximum):
      try set(ZMQ_RECONNECT_IVL, value)
      try set(ZMQ_RECONNECT_IVL_MAX, maximum)
    case .routerMandatory: try set(ZMQ_ROUTER_MANDATORY, Int32(1))
    case .ipv6: try set(ZMQ_IPV6, Int32(1))
    case .tcpKeepalive: try set(ZMQ_TCP_KEEPALIVE, Int32(1))
    case .curveServer(let secretKey):
      try set(ZMQ_CURVE_SERVER, Int32(1))
      try set(ZMQ_CURVE_SECRETKEY, secretKey)
    case .curveClient(let serverKey, let publicKey, let secretKey):
      try set(ZMQ_CURVE_SERVERKEY, serverKey)
      try set(ZMQ_CURVE_PUBLICKEY, publicKey)
      try set(ZMQ_CURVE_SECRETKEY, secretKey)
    }
  }

  private func set<Value>(_ option: Int32, _ value: Value) throws(ZeroMQError) where Value: BitwiseCopyable {
    let status = withUnsafeBytes(of: value) { zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
    guard status == 0 else { throw ZeroMQError("set socket option \(option)") }
  }

  private func set(_ option: Int32, _ text: String) throws(ZeroMQError) {
    let status = text.withCString { zmq_setsockopt(handle, option, $0, text.utf8.count) }
    guard status == 0 else { throw ZeroMQError("set socket option \(option)") }
  }
}
