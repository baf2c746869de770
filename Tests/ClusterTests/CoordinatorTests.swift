import Cluster
import ClusterProtocol
import Foundation
import StudyModel
import StudyStore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct CoordinatorTests {
  private let cluster: TestCluster

  init() throws { cluster = try TestCluster() }

  private func configuration(_ points: ClosedRange<Int>, seeds: Int = 2) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: """
        {"name": "sum", "space": {"x": {"range": [\(points.lowerBound), \(points.upperBound)], "type": "integer"}},
         "strategy": {"kind": "grid"}, "objective": {"command": ["true"], "metric": "loss", "goal": "minimize"},
         "seeds": \(seeds), "checkpoint": {"seconds": 1}}
        """, fileName: "sum.json", defaultName: "sum")
  }

  @Test(arguments: [1, 2, 3]) func `all trials of the budget run, whatever the number of workers`(workers: Int) throws {
    let configuration = try configuration(0...9)
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    for index in 0..<workers { cluster.start(network, name: "w\(index)") { Sum() } }
    #expect(try cluster.coordinator(configuration, store, network, budget: 10).run(localWorkers: 0) == .finished)
    let trials = store.trials()
    #expect(trials.map { $0.metrics["loss"]?.mean } == (0...9).map { Double($0) + 0.25 })
    #expect(store.status().phase == .finished)
  }

  @Test func `the budget is exact, and can be raised`() throws {
    let configuration = try configuration(0...9)
    let store = cluster.store(configuration)
    for budget in [4, 4, 7] {
      let network = InProcessNetwork()
      cluster.start(network, name: "w") { Sum() }
      #expect(try cluster.coordinator(configuration, store, network, budget: budget).run(localWorkers: 0) == .finished)
      #expect(store.trials().count == budget)
    }
    #expect(try store.events().count { if case .runFinished = $0 { true } else { false } } == 14)
  }

  @Test func `what runs had done before the coordinator started is known to its progress`() throws {
    let configuration = try configuration(0...9, seeds: 1)
    let store = cluster.store(configuration)
    let attempt = Attempt(run: RunID(trial: 0, index: 0), number: 1)
    let checkpoint = try CheckpointStore(cluster.folder).save([7], step: 7)
    try store.append(
      [
        .trialAsked(trial: 0, point: Point(["x": 0]), note: nil), .runAssigned(attempt, worker: "local-1"),
        .runCheckpointed(attempt, checkpoint), .runReleased(attempt, reason: "stopped", blamed: false),
      ], at: 0)
    let network = InProcessNetwork()
    cluster.start(network, name: "w") { Sum(steps: 10) }
    let before = Mutex<[[RunID: Int]]>([])
    let coordinator = try cluster.coordinator(configuration, store, network, budget: 2) { progress in
      before.withLock { $0.append(progress.stepsBefore) }
    }
    #expect(try coordinator.run(localWorkers: 0) == .finished)
    #expect(before.withLock { Set($0) } == [[attempt.run: 7]])
  }

  @Test func `a space smaller than the budget ends the study`() throws {
    let configuration = try configuration(0...2)
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    cluster.start(network, name: "w") { Sum() }
    #expect(try cluster.coordinator(configuration, store, network, budget: 100).run(localWorkers: 0) == .finished)
    #expect(store.trials().count == 3)
  }

  @Test func `a run that fails is a failed trial with its reason, and the others go on`() throws {
    let configuration = try configuration(12...14)
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    cluster.start(network, name: "w") { Sum() }
    #expect(try cluster.coordinator(configuration, store, network, budget: 3).run(localWorkers: 0) == .finished)
    let trials = store.trials()
    #expect(trials.map(\.state) == [.done, .failed, .done])
    #expect(trials[1].reason == "thirteen brings bad luck")
  }

  @Test func `a worker that falls silent loses its run to another, which goes on from the checkpoint`() throws {
    let configuration = try configuration(5...6, seeds: 1)
    let store = cluster.store(configuration)
    let network = InProcessNetwork()
    cluster.start(network, name: "first") { Sum(steps: 200, pause: 0.05) }
    let second = Sum(steps: 200, pause: 0.001)
    let shared = UncheckedBox(second)
    Thread.detachNewThread { [cluster] in
      Thread.sleep(forTimeInterval: 1)
      network.cut(worker: 0)
      cluster.start(network, name: "second") { shared.value }
    }
    #expect(try cluster.coordinator(configuration, store, network, budget: 1).run(localWorkers: 0) == .finished)
    let run = try #require(store.trials().first?.runs.first)
    #expect(run.state == .done && run.attempt == 2 && run.worker == "second")
    let from = try #require(second.startedFrom.withLock { $0.first })
    #expect(from > 3 && from < 200)
    let log = try LogReader(cluster.folder).last(1000, of: run.id).map(\.record)
    #expect(log.contains { $0.message.contains("first was silent") })
    #expect(log.contains { $0.attempt == 2 && $0.worker == "second" })
  }
}

/// For an object that is handed from one thread to another.
private struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
