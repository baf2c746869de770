import ClusterProtocol
import StudyModel
import Testing

private let attempt = Attempt(run: RunID(trial: 7, index: 2), number: 3)

private let workerMessages: [WorkerMessage] = [
  .hello(Hello(token: "a1", name: "w", host: "höst", processID: 42, slots: 2, leases: [attempt])),
  .heartbeat,
  .report(attempt, step: 10, total: 200, metrics: ["elbo": -12.5, "rmse": 0.1]),
  .report(attempt, step: 0, total: nil, metrics: [:]),
  .log(
    attempt, [LogLine(at: 1.5, level: .info, message: "epoch 1\nline two"), LogLine(at: 2, level: .error, message: "")]),
  .checkpoint(attempt, step: 100, size: 10, offset: 7, bytes: [0, 255, 1]),
  .survey(
    attempt,
    Survey(
      surface: [.init([0.5, -1], mean: 2, error: 0.1)], optimum: .init([0.25, 1], mean: -3),
      path: [.init([0, 0], mean: 0)],
      steps: 12)),
  .result(attempt, .done(metrics: ["elbo": .pi]), seconds: 1.25),
  .result(attempt, .failed(reason: "diverged"), seconds: 0),
  .result(attempt, .pruned(reason: "slow"), seconds: 0),
  .result(attempt, .cancelled(reason: "asked"), seconds: 0),
  .released(attempt),
  .goodbye(reason: "done"),
]

private let coordinatorMessages: [CoordinatorMessage] = [
  .welcome(Welcome(study: "priors", configuration: "{}", directory: "/data", heartbeat: 1)),
  .rejected(reason: "no"),
  .unknown,
  .heartbeat,
  .assign(Assignment(attempt: attempt, fold: 1, seed: 0, point: #"{"x":1}"#, checkpoint: [1, 2, 3])),
  .assign(Assignment(attempt: attempt, fold: 1, seed: 0, point: "{}")),
  .assign(
    Assignment(
      attempt: attempt, fold: 1, seed: 0, point: "{}",
      member: .init(scoredIndex: 1, part: MemberPart(number: 2, count: 3)), memberStates: [[1], [], [2, 3]])),
  .assign(
    {
      var assignment = Assignment(attempt: attempt, fold: 1, seed: 0, point: "{}")
      assignment.exploration = Exploration([.init("x", 0...1)]).json.serialized()
      return assignment
    }()),
  .acknowledged([attempt, attempt]),
  .cancel(attempt),
  .drain,
  .finished,
]

@Suite struct MessageTests {
  @Test(arguments: workerMessages) func `a worker's message survives the wire`(message: WorkerMessage) throws {
    #expect(try WorkerMessage(decoding: message.encoded()) == message)
  }

  @Test(arguments: coordinatorMessages)
  func `a coordinator's message survives the wire`(message: CoordinatorMessage) throws {
    #expect(try CoordinatorMessage(decoding: message.encoded()) == message)
  }

  @Test func `the bytes of version 2 stay what they are`() {
    #expect(WorkerMessage.heartbeat.encoded() == [0x48, 0x50, 2, 2])
    #expect(CoordinatorMessage.finished.encoded() == [0x48, 0x50, 2, 72])
    let expected: [UInt8] =
      [0x48, 0x50, 2, 7] + [7, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0, 0, 0, 0, 0]
    #expect(WorkerMessage.released(attempt).encoded() == expected)
  }

  @Test func `every message that is cut short is an error and not a crash`() {
    for message in workerMessages {
      let bytes = message.encoded()
      for length in 0..<bytes.count {
        #expect(throws: (any Error).self) { try WorkerMessage(decoding: Array(bytes.prefix(length))) }
      }
      #expect(throws: WireError.self) { try WorkerMessage(decoding: bytes + [0]) }
    }
  }

  @Test func `random bytes are errors, never crashes or huge allocations`() {
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      var bytes = Array("HP".utf8) + [1]
      for _ in 0..<Int(state % 60) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(state >> 56))
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      _ = try? WorkerMessage(decoding: bytes)
      _ = try? CoordinatorMessage(decoding: bytes)
    }
  }

  @Test(arguments: [0, 1, 256 << 10, (256 << 10) + 1, 1_000_000])
  func `a checkpoint travels in pieces that together are the whole`(size: Int) {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var whole: [UInt8] = []
    for message in WorkerMessage.checkpoint(attempt, step: 5, bytes: bytes) {
      guard case .checkpoint(attempt, step: 5, size: size, let offset, let piece) = message else {
        Issue.record("\(message)")
        return
      }
      #expect(offset == whole.count && piece.count <= 256 << 10)
      whole += piece
    }
    #expect(whole == bytes)
  }

  @Test func `a piece that is not within its checkpoint is refused`() {
    for (size, offset) in [(2, 0), (10, 8), (10, 11), (1 << 40, 0)] {
      let message = WorkerMessage.checkpoint(attempt, step: 1, size: size, offset: offset, bytes: [1, 2, 3])
      #expect(throws: WireError.self) { try WorkerMessage(decoding: message.encoded()) }
    }
  }

  @Test func `bytes of something else say what they look like`() {
    let error = #expect(throws: WireError.self) { try WorkerMessage(decoding: Array("GET / HTTP/1.1\r\n".utf8)) }
    #expect(error?.description.contains("GET / HTTP/1.1..") == true)
  }

  @Test func `another version is told apart, and a rejection is read in any version`() throws {
    var hello = workerMessages[0].encoded()
    hello[2] = 9
    #expect(throws: VersionMismatch(theirs: 9)) { try WorkerMessage(decoding: hello) }
    var rejection = CoordinatorMessage.rejected(reason: "old").encoded()
    rejection[2] = 9
    #expect(try CoordinatorMessage(decoding: rejection) == .rejected(reason: "old"))
  }
}
