import Cluster
import ClusterProtocol
import Foundation
import Logging
import SearchStrategies
import StudyModel
import StudyStore
import Synchronization

/// Coordinators and workers in this process, and a folder for their files.
struct TestCluster {
  let folder: StudyDirectory

  init() throws {
    folder = StudyDirectory(NSTemporaryDirectory() + "hpsearch-cluster-\(UUID().uuidString)")
    try folder.create()
  }

  func store(_ configuration: SweepConfiguration) -> InMemoryStudyStore {
    InMemoryStudyStore(
      StudyHeader(
        name: configuration.name, configuration: configuration.json.serialized(), plan: configuration.plan,
        seed: configuration.seed, createdAt: 0))
  }

  func start(
    _ network: InProcessNetwork, name: String, slots: Int = 1, _ objective: @escaping @Sendable () -> Sum
  ) {
    let thread = Thread {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      var options = Worker.Options(name: name)
      options.slots = slots
      let worker = try? Worker(
        options: options, logger: logger, signals: nil, objective: { _, _ in objective() },
        transport: { _ in network.worker() })
      _ = try? worker?.run()
    }
    thread.start()
  }

  /// - Parameter strategy: the one that the configuration asks for, unless another is given.
  func coordinator(
    _ configuration: SweepConfiguration, _ store: InMemoryStudyStore, _ network: InProcessNetwork, budget: Int,
    strategy: (any SearchStrategy)? = nil, observe: @escaping (CoordinatorProgress) -> Void = { _ in }
  ) throws -> Coordinator {
    var parts = Coordinator.Parts(
      store: store, logs: LogWriter(folder), checkpoints: CheckpointStore(folder), transport: network.coordinator(),
      strategy: try strategy ?? makeStrategy(for: configuration), localWorkers: nil, signals: nil,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    parts.observe = observe
    return try Coordinator(configuration: configuration, directory: "/", budget: budget, parts: parts)
  }
}

/// The sum of the point's numbers, after a few steps with checkpoints.
final class Sum: Objective {
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

struct WordError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
