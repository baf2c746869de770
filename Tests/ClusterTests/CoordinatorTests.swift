import Cluster
import ClusterProtocol
import Foundation
import Logging
import SearchStrategies
import StudyModel
import StudyStore
import Synchronization
import Testing

/// The sum of the point's numbers, after a few steps with checkpoints.
private final class Sum: Objective {
  let steps: Int
  let pause: TimeInterval
  let startedFrom: Mutex<[Int]>

  init(steps: Int = 1, pause: TimeInterval = 0) {
    self.steps = steps
    self.pause = pause
    startedFrom = Mutex([])
  }

  func run(_ assignment: RunAssignment, context: any RunContext) throws -> [String: Double] {
    if assignment.point["x"]?.double == 13 { throw WordError("thirteen brings bad luck") }
    var step = assignment.checkpoint.map { Int($0[0]) } ?? 0
    startedFrom.withLock { $0.append(step) }
    while step < steps {
      Thread.sleep(forTimeInterval: pause)
      step += 1
      context.log(.info, "step \(step)")
      context.report(step: step, of: steps, metrics: ["loss": Double(step)])
      context.checkpoint(step: step, bytes: [UInt8(step)])
      if context.stopRequested { throw RunInterrupted() }
    }
    let sum = assignment.point.values.members.reduce(0) { $0 + ($1.value.double ?? 0) }
    return ["loss": sum + Double(assignment.fold) + 0.5 * Double(assignment.seed)]
  }
}

private struct WordError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

@Suite(.timeLimit(.minutes(1))) struct CoordinatorTests {
  private let folder: StudyDirectory

  init() throws {
    folder = StudyDirectory(NSTemporaryDirectory() + "hpsearch-cluster-\(UUID().uuidString)")
    try folder.create()
  }

  private func configuration(_ points: ClosedRange<Int>, seeds: Int = 2) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: """
        {"name": "sum", "space": {"x": {"range": [\(points.lowerBound), \(points.upperBound)], "type": "integer"}},
         "strategy": {"kind": "grid"}, "objective": {"command": ["true"], "metric": "loss", "goal": "minimize"},
         "seeds": \(seeds), "checkpoint": {"seconds": 1}}
        """, fileName: "sum.json", defaultName: "sum")
  }

  private func makeStore(_ configuration: SweepConfiguration) -> InMemoryStudyStore {
    InMemoryStudyStore(
      StudyHeader(
        name: configuration.name, configuration: configuration.json.serialized(), plan: configuration.plan,
        seed: configuration.seed, createdAt: 0))
  }

  private func start(_ network: InProcessNetwork, name: String, _ objective: @escaping @Sendable () -> Sum) {
    let thread = Thread {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let worker = try? Worker(
        options: Worker.Options(name: name), logger: logger, signals: nil, objective: { _, _ in objective() },
        transport: { _ in network.worker() })
      _ = try? worker?.run()
    }
    thread.start()
  }

  private func coordinator(
    _ configuration: SweepConfiguration, _ store: InMemoryStudyStore, _ network: InProcessNetwork, budget: Int,
    observe: @escaping (CoordinatorProgress) -> Void = { _ in }
  ) throws -> Coordinator {
    var parts = Coordinator.Parts(
      store: store, logs: LogWriter(folder), checkpoints: CheckpointStore(folder), transport: network.coordinator(),
      strategy: try makeStrategy(for: configuration), localWorkers: nil, signals: nil,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    parts.observe = observe
    return try Coordinator(configuration: configuration, directory: "/", budget: budget, parts: parts)
  }

  @Test(arguments: [1, 2, 3]) func `all trials of the budget run, whatever the number of workers`(workers: Int) throws {
    let configuration = try configuration(0...9)
    let store = makeStore(configuration)
    let network = InProcessNetwork()
    for index in 0..<workers { start(network, name: "w\(index)") { Sum() } }
    #expect(try coordinator(configuration, store, network, budget: 10).run(localWorkers: 0) == .finished)
    let trials = store.trials()
    #expect(trials.map { $0.metrics["loss"]?.mean } == (0...9).map { Double($0) + 0.25 })
    #expect(store.status().phase == .finished)
  }

  @Test func `the budget is exact, and can be raised`() throws {
    let configuration = try configuration(0...9)
    let store = makeStore(configuration)
    for budget in [4, 4, 7] {
      let network = InProcessNetwork()
      start(network, name: "w") { Sum() }
      #expect(try coordinator(configuration, store, network, budget: budget).run(localWorkers: 0) == .finished)
      #expect(store.trials().count == budget)
    }
    #expect(try store.events().count { if case .runFinished = $0 { true } else { false } } == 14)
  }

  @Test func `what runs had done before the coordinator started is known to its progress`() throws {
    let configuration = try configuration(0...9, seeds: 1)
    let store = makeStore(configuration)
    let attempt = Attempt(run: RunID(trial: 0, index: 0), number: 1)
    let checkpoint = try CheckpointStore(folder).save([7], step: 7)
    try store.append(
      [
        .trialAsked(trial: 0, point: Point(["x": 0]), note: nil), .runAssigned(attempt, worker: "local-1"),
        .runCheckpointed(attempt, checkpoint), .runReleased(attempt, reason: "stopped", blamed: false),
      ], at: 0)
    let network = InProcessNetwork()
    start(network, name: "w") { Sum(steps: 10) }
    let before = Mutex<[[RunID: Int]]>([])
    let coordinator = try coordinator(configuration, store, network, budget: 2) { progress in
      before.withLock { $0.append(progress.stepsBefore) }
    }
    #expect(try coordinator.run(localWorkers: 0) == .finished)
    #expect(before.withLock { Set($0) } == [[attempt.run: 7]])
  }

  @Test func `a space smaller than the budget ends the study`() throws {
    let configuration = try configuration(0...2)
    let store = makeStore(configuration)
    let network = InProcessNetwork()
    start(network, name: "w") { Sum() }
    #expect(try coordinator(configuration, store, network, budget: 100).run(localWorkers: 0) == .finished)
    #expect(store.trials().count == 3)
  }

  @Test func `a run that fails is a failed trial with its reason, and the others go on`() throws {
    let configuration = try configuration(12...14)
    let store = makeStore(configuration)
    let network = InProcessNetwork()
    start(network, name: "w") { Sum() }
    #expect(try coordinator(configuration, store, network, budget: 3).run(localWorkers: 0) == .finished)
    let trials = store.trials()
    #expect(trials.map(\.state) == [.done, .failed, .done])
    #expect(trials[1].reason == "thirteen brings bad luck")
  }

  @Test func `a worker that falls silent loses its run to another, which goes on from the checkpoint`() throws {
    let configuration = try configuration(5...6, seeds: 1)
    let store = makeStore(configuration)
    let network = InProcessNetwork()
    start(network, name: "first") { Sum(steps: 200, pause: 0.05) }
    let second = Sum(steps: 200, pause: 0.001)
    let shared = UncheckedBox(second)
    Thread.detachNewThread { [self] in
      Thread.sleep(forTimeInterval: 1)
      network.cut(worker: 0)
      start(network, name: "second") { shared.value }
    }
    #expect(try coordinator(configuration, store, network, budget: 1).run(localWorkers: 0) == .finished)
    let run = try #require(store.trials().first?.runs.first)
    #expect(run.state == .done && run.attempt == 2 && run.worker == "second")
    let from = try #require(second.startedFrom.withLock { $0.first })
    #expect(from > 3 && from < 200)
    let log = try LogReader(folder).last(1000, of: run.id).map(\.record)
    #expect(log.contains { $0.message.contains("first was silent") })
    #expect(log.contains { $0.attempt == 2 && $0.worker == "second" })
  }
}

/// For an object that is handed from one thread to another.
private struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
