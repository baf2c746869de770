import ClusterProtocol
package import ZeroMQ

/// A DEALER socket, connected again by itself whenever the connection is lost. Belongs to the thread that made it.
package final class ZeroMQWorkerTransport: WorkerTransport {
  private let context: Context
  private let socket: Socket
  private var poller: Poller

  package init(
    connectingTo address: String, wakeups: [Int32], serverKey: String? = nil
  ) throws(ZeroMQError) {
    let context = try Context()
    let dealer = try Socket(.dealer, in: context)
    try dealer.set(.linger(1000))
    try dealer.set(.highWaterMark(0))
    try dealer.set(.reconnectInterval(50, maximum: 2000))
    try dealer.set(.tcpKeepalive)
    // Only where it is asked for: libzmq would otherwise look for the IPv6 address of every name alone.
    if address.contains("[") { try dealer.set(.ipv6) }
    if let serverKey {
      let own = try CurveKeyPair()
      try dealer.set(.curveClient(serverKey: serverKey, publicKey: own.publicKey, secretKey: own.secretKey))
    }
    try dealer.connect(address)
    var poller = Poller()
    poller.add(dealer)
    for descriptor in wakeups { poller.add(fileDescriptor: descriptor) }
    self.context = context
    self.socket = dealer
    self.poller = poller
  }

  package func receive(timeout: Duration) throws -> [[UInt8]] {
    try poller.wait(milliseconds: timeout.wholeMilliseconds)
    var messages: [[UInt8]] = []
    while let frames = try socket.receive() { messages.append(frames.count == 1 ? frames[0] : []) }
    return messages
  }

  package func send(_ bytes: [UInt8]) throws {
    try socket.send([bytes])
  }
}
