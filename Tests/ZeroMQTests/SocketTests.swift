import Testing
import ZeroMQ

@Suite struct SocketTests {
  let context: Context

  init() throws {
    context = try Context()
  }

  private func receive(_ socket: borrowing Socket) throws -> [[UInt8]]? {
    var poller = Poller()
    poller.add(socket)
    try poller.wait(milliseconds: 5000)
    return try socket.receive()
  }

  @Test func `a router and a dealer exchange whole messages, empty frames too`() throws {
    let router = try Socket(.router, in: context)
    try router.set(.linger(0))
    try router.bind("tcp://127.0.0.1:*")
    let dealer = try Socket(.dealer, in: context)
    try dealer.set(.linger(0))
    try dealer.connect(try router.lastEndpoint())
    try dealer.send([[1, 2], [], [3]])
    let message = try #require(try receive(router))
    #expect(Array(message.dropFirst()) == [[1, 2], [], [3]])
    try router.send([message[0], [9]])
    #expect(try receive(dealer) == [[9]])
  }

  @Test func `nothing to receive is nil, not an error`() throws {
    let dealer = try Socket(.dealer, in: context)
    #expect(try dealer.receive() == nil)
  }

  @Test func `a port in use is an error that names the address`() throws {
    let first = try Socket(.router, in: context)
    try first.bind("tcp://127.0.0.1:*")
    let address = try first.lastEndpoint()
    let second = try Socket(.router, in: context)
    let error = #expect(throws: ZeroMQError.self) { try second.bind(address) }
    #expect(error?.isAddressInUse == true)
    #expect(error?.description.contains(address) == true)
  }

  @Test func `a mandatory router reports a peer that is gone`() throws {
    let router = try Socket(.router, in: context)
    try router.set(.routerMandatory)
    try router.bind("tcp://127.0.0.1:*")
    #expect(throws: ZeroMQError.self) { try router.send([[0, 1, 2, 3, 4], [1]]) }
  }

  @Test func `with CURVE only those who know the key get through`() throws {
    let server = try CurveKeyPair()
    let client = try CurveKeyPair()
    #expect(try CurveKeyPair(secretKey: server.secretKey) == server)
    let router = try Socket(.router, in: context)
    try router.set(.linger(0))
    try router.set(.curveServer(secretKey: server.secretKey))
    try router.bind("tcp://127.0.0.1:*")
    let address = try router.lastEndpoint()
    let stranger = try Socket(.dealer, in: context)
    try stranger.set(.linger(0))
    try stranger.connect(address)
    try stranger.send([[66]])
    let friend = try Socket(.dealer, in: context)
    try friend.set(.linger(0))
    try friend.set(
      .curveClient(serverKey: server.publicKey, publicKey: client.publicKey, secretKey: client.secretKey))
    try friend.connect(address)
    try friend.send([[42]])
    #expect(try receive(router)?.last == [42])
  }
}
