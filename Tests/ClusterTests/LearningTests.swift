import Cluster
import ClusterProtocol
import Foundation
import HPSearchTesting
import SearchStrategies
import StudyModel
import StudyStore
import Synchronization
import Testing

/// The coordinator with a strategy that learns.
@Suite(.timeLimit(.minutes(1))) struct LearningTests {
  private let cluster: TestCluster
  private let configuration: SweepConfiguration

  init() throws {
    cluster = try TestCluster()
    configuration = try Self.configuration()
  }

  /// - Parameter points: x has so many values; 13, one of them, makes a trial fail.
  private static func configuration(points: Int = 1000, seeds: Int = 1) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: """
        {"name": "sum", "space": {"x": {"range": [1, \(points)], "type": "integer"}},
         "strategy": {"kind": "random", "trials": 1},
         "objective": {"command": ["true"], "metric": "loss", "goal": "minimize"}, "seeds": \(seeds)}
        """, fileName: "sum.json", defaultName: "sum")
  }

  private func strategy(_ configuration: SweepConfiguration? = nil, thinking: Double = 0) -> LearningStrategy {
    LearningStrategy(space: (configuration ?? self.configuration).space, seed: 5, thinking: thinking)
  }

  /// Runs a study to its end with workers that have the names of local ones, so that a restart takes back their runs
  /// at once.
  private func sweep(
    _ store: InMemoryStudyStore, budget: Int, workers: Int, slots: Int = 1, thinking: Double = 0, pause: Double = 0,
    configuration: SweepConfiguration? = nil
  ) throws {
    let configuration = configuration ?? self.configuration
    let network = InProcessNetwork()
    for index in 0..<workers {
      cluster.start(network, name: "local-\(index + 1)", slots: slots) { Sum(pause: pause) }
    }
    let strategy = strategy(configuration, thinking: thinking)
    let coordinator = try cluster.coordinator(configuration, store, network, budget: budget, strategy: strategy)
    #expect(try coordinator.run(localWorkers: 0) == .finished)
  }

  private func replay(
    _ store: InMemoryStudyStore, _ configuration: SweepConfiguration? = nil
  ) throws -> [DecisionReplay.Outcome] {
    let history = DecisionHistory(try store.replay(), events: try store.events())
    return DecisionReplay(history, strategy: strategy(configuration)).map(\.outcome)
  }

  private func notes(_ store: InMemoryStudyStore) -> [DecisionNote] {
    store.trials().compactMap { $0.note.flatMap(DecisionNote.init) }
  }

  @Test func `with one worker a decision sees all results before it, and equal seeds give equal sweeps`() throws {
    let stores = [cluster.store(configuration), cluster.store(configuration)]
    // A slow ask must not make a difference either.
    try sweep(stores[0], budget: 12, workers: 1)
    try sweep(stores[1], budget: 12, workers: 1, thinking: 0.02)
    #expect(stores[0].trials().map(\.point) == stores[1].trials().map(\.point))
    #expect(notes(stores[0]).map(\.told) == Array(0..<12))
    #expect(notes(stores[0]).allSatisfy { $0.pending.isEmpty && $0.strategy != nil })
    #expect(try replay(stores[0]) == Array(repeating: .same, count: 12))
  }

  @Test func `the runs of a trial share the slots, and the next trial is asked when they are told`() throws {
    let configuration = try Self.configuration(seeds: 3)
    let store = cluster.store(configuration)
    try sweep(store, budget: 5, workers: 1, configuration: configuration)
    #expect(notes(store).map(\.told) == Array(0..<5))
    #expect(try replay(store, configuration) == Array(repeating: .same, count: 5))
  }

  @Test func `4 workers overlap without barriers while the strategy thinks, and the budget is exact`() throws {
    let store = cluster.store(configuration)
    try sweep(store, budget: 24, workers: 4, thinking: 0.03, pause: 0.2)
    #expect(store.trials().count == 24)
    #expect(store.trials().allSatisfy { $0.state.isFinal })
    var running = 0
    var others: [Int] = []
    for event in try store.events() {
      switch event {
      case .runAssigned:
        others.append(running)
        running += 1
      case .runFinished: running -= 1
      default: break
      }
    }
    // When a trial starts, most of the other workers are at work; after a barrier none would be.
    #expect(others.max() == 3)
    #expect(others.dropFirst(4).reduce(0, +) >= 2 * others.dropFirst(4).count)
    // It saw what was pending, and was prepared before the slot became free: the trial that made room is among them.
    let notes = notes(store)
    #expect(notes.contains { $0.pending.count >= 4 })
    #expect(zip(0..., notes).allSatisfy { $1.told + $1.pending.count == $0 })
    #expect(try replay(store) == Array(repeating: .same, count: 24))
  }

  @Test(arguments: [1, 2, 5, 6]) func `the budget is exact, whatever is prepared`(budget: Int) throws {
    let store = cluster.store(configuration)
    for budget in [budget, budget, budget + 3] {
      try sweep(store, budget: budget, workers: 1, slots: 3, thinking: 0.01, pause: 0.01)
      #expect(store.trials().count == budget)
      #expect(store.trials().allSatisfy { $0.state.isFinal })
    }
    #expect(try replay(store) == Array(repeating: .same, count: budget + 3))
  }

  @Test(arguments: [1, 3]) func `a space smaller than the budget ends the study`(slots: Int) throws {
    let small = try Self.configuration(points: 7)
    let store = cluster.store(small)
    try sweep(store, budget: 50, workers: 1, slots: slots, thinking: 0.005, pause: 0.005, configuration: small)
    #expect(store.trials().count == 7)
    #expect(try replay(store, small) == Array(repeating: .same, count: 7))
  }

  @Test func `a coordinator that is killed anywhere goes on as if nothing had happened`() throws {
    let whole = cluster.store(configuration)
    try sweep(whole, budget: 4, workers: 1)
    let events = try whole.events()
    // A crash leaves what was committed: some first part of the events.
    for count in 0...events.count {
      let store = cluster.store(configuration)
      try store.append(Array(events.prefix(count)), at: 0)
      try sweep(store, budget: 4, workers: 1)
      #expect(store.trials().map(\.point) == whole.trials().map(\.point), "after \(count) events")
      #expect(store.trials().map(\.note) == whole.trials().map(\.note), "after \(count) events")
      #expect(try replay(store) == Array(repeating: .same, count: 4))
    }
  }

  @Test func `with several slots, too, every decision after a crash can be recomputed`() throws {
    let whole = cluster.store(configuration)
    try sweep(whole, budget: 9, workers: 3, thinking: 0.004, pause: 0.01)
    let events = try whole.events()
    for count in stride(from: 1, to: events.count, by: 5) {
      let store = cluster.store(configuration)
      try store.append(Array(events.prefix(count)), at: 0)
      try sweep(store, budget: 11, workers: 2, thinking: 0.004, pause: 0.01)
      #expect(store.trials().count == 11)
      #expect(try replay(store) == Array(repeating: .same, count: 11), "after \(count) events")
    }
  }

  @Test func `while the strategy thinks for 3 seconds, workers hear from the coordinator`() throws {
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    let worker = network.worker()
    let coordinator = try cluster.coordinator(
      configuration, store, network, budget: 1, strategy: strategy(thinking: 3.3))
    let box = Handed(worker)
    let heartbeats = Mutex(0)
    let done = Handed(DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      defer { done.value.signal() }
      let hello = Hello(token: "t", name: "w", host: "h", processID: 1, slots: 1)
      try? box.value.send(WorkerMessage.hello(hello).encoded())
      while true {
        for bytes in (try? box.value.receive(timeout: .milliseconds(50))) ?? [] {
          switch try? CoordinatorMessage(decoding: bytes) {
          case .heartbeat: heartbeats.withLock { $0 += 1 }
          case .assign(let assignment):
            let result = WorkerMessage.result(assignment.attempt, .done(metrics: ["loss": 1]), seconds: 1)
            try? box.value.send(result.encoded())
            return
          default: break
          }
        }
      }
    }
    #expect(try coordinator.run(localWorkers: 0) == .finished)
    done.value.wait()
    // One a second, all of them before the trial was there.
    #expect(heartbeats.withLock { $0 } >= 2)
  }

  @Test func `an error of the strategy ends the sweep with it`() throws {
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    cluster.start(network, name: "w") { Sum() }
    let coordinator = try cluster.coordinator(configuration, store, network, budget: 1, strategy: Failing())
    #expect(throws: WordError.self) { try coordinator.run(localWorkers: 0) }
    #expect(store.status().phase == .failed)
  }

  @Test func `reports reach a strategy that wants them, before the result`() throws {
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    cluster.start(network, name: "w") { Sum() }
    let listener = Listener()
    let coordinator = try cluster.coordinator(configuration, store, network, budget: 2, strategy: listener)
    #expect(try coordinator.run(localWorkers: 0) == .finished)
    #expect(listener.heard.texts.withLock { $0 } == ["trial-0000-run-0 step 1", "trial 0"])
  }
}

/// For an object that is handed from one thread to another.
private struct Handed<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

private struct Failing: SearchStrategy {
  var learns: Bool { true }
  var size: Int? { nil }
  mutating func tell(_ completed: [CompletedTrial]) {}
  mutating func ask(_ request: AskRequest) throws -> [Suggestion] { throw WordError("no idea") }
}

/// Notes what it hears up to its second decision.
private struct Listener: SearchStrategy {
  final class Heard: Sendable { let texts = Mutex<[String]>([]) }
  let heard = Heard()
  private var decisions = 0

  var learns: Bool { true }
  var size: Int? { nil }
  var wantsReports: Bool { true }

  private func note(_ text: String) { if decisions < 2 { heard.texts.withLock { $0.append(text) } } }

  mutating func tell(_ completed: [CompletedTrial]) { for trial in completed { note("trial \(trial.number)") } }
  mutating func observe(_ report: TrialReport) { note("\(report.run) step \(report.step)") }
  mutating func decided(_ decision: Decision) { decisions += 1 }
  mutating func ask(_ request: AskRequest) -> [Suggestion] {
    request.numbers.map { Suggestion(point: Point(["x": .integer($0)])) }
  }
}
