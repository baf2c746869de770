package import ClusterProtocol
package import ZeroMQ

/// A ROUTER socket. Belongs to the thread that made it.
package final class ZeroMQCoordinatorTransport: CoordinatorTransport {
  private let context: Context
  private let socket: Socket
  private let monitor: ConnectionMonitor
  private var poller = Poller()
  private let wakeups: [Int]
  private let wakeup = Wakeup()
  private let wakeupIndex: Int
  private let monitorIndex: Int
  /// A checkpoint is the largest message there is.
  private static let maximumMessageSize: Int64 = 1 << 30
  private static let mostMessagesInATurn = 512

  /// - Parameters:
  ///   - wakeups: file descriptors whose becoming readable ends the wait.
  ///   - keys: with keys only workers that know the public key are let in.
  package init(wakeups: [Int32], keys: CurveKeyPair? = nil) throws(ZeroMQError) {
    let context = try Context()
    let router = try Socket(.router, in: context)
    try router.set(.linger(1000))
    try router.set(.routerMandatory)
    try router.set(.highWaterMark(0))
    try router.set(.maximumMessageSize(Self.maximumMessageSize))
    try router.set(.handshakeInterval(5000))
    try router.set(.tcpKeepalive)
    if let keys { try router.set(.curveServer(secretKey: keys.secretKey)) }
    var poller = Poller()
    poller.add(router)
    let monitor = try ConnectionMonitor(of: router, name: "coordinator", in: context)
    monitorIndex = poller.add(monitor.socket)
    wakeupIndex = poller.add(fileDescriptor: wakeup.readDescriptor)
    self.wakeups = wakeups.map { poller.add(fileDescriptor: $0) }
    self.context = context
    self.socket = router
    self.monitor = monitor
    self.poller = poller
  }

  /// - Returns: the address with the port that was chosen where it was `*`.
  @discardableResult
  package func bind(_ address: String) throws(ZeroMQError) -> String {
    // Only for addresses that need it: with it, an IPv4 address is shown, and bound, as a mapped one.
    if address.contains("[") { try socket.set(.ipv6) }
    try socket.bind(address)
    return try socket.lastEndpoint()
  }

  package func receive(timeout: Duration) throws -> [(peer: PeerID, bytes: [UInt8])] {
    try poller.wait(milliseconds: timeout.wholeMilliseconds)
    if poller.isReadable(wakeupIndex) { wakeup.clear() }
    var messages: [(peer: PeerID, bytes: [UInt8])] = []
    while messages.count < Self.mostMessagesInATurn, let frames = try socket.receive() {
      // A peer that is not hpsearch may send any number of frames; what is not one frame is not a message.
      messages.append((PeerID(frames[0]), frames.count == 2 ? frames[1] : []))
    }
    return messages
  }

  package var waker: @Sendable () -> Void { { [wakeup] in wakeup.wake() } }

  package func send(_ bytes: [UInt8], to peer: PeerID) throws {
    do {
      try socket.send([peer.bytes, bytes])
    } catch  where error.isUnreachable {
      // The worker is gone. Its lease ends with its silence, or it comes back and says hello.
    }
  }

  package func complaints() throws -> [String] {
    guard poller.isReadable(monitorIndex) else { return [] }
    return try monitor.failures().map { "a connection to \($0.address) was refused: \($0.reason)" }
  }
}
