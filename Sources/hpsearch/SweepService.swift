import Cluster
import ClusterProtocol
import Foundation
import Logging
import Reports
import SearchStrategies
import StudyModel
import StudyStore
import ZeroMQ

/// Puts a coordinator together: store, sockets, local workers, signals, progress.
struct SweepService {
  let study: OpenStudy
  let strategy: any SearchStrategy
  let dataDirectory: String
  let bind: ListeningAddress?
  let isInsecure: Bool
  let workers: Int
  let threads: Int
  let console: Console

  func run() throws -> Coordinator.Ending {
    let configuration = study.configuration
    let logger = Logger(label: "hpsearch") { _ in
      ConsoleLogHandler(
        console: console, consoleLevel: .notice, path: "\(study.directory.logs)/coordinator.log")
    }
    let signals = SignalPipe([SIGINT, SIGTERM, SIGCHLD])
    let needsKey = bind?.isOuter == true && !isInsecure
    let key = needsKey ? try WorkerKey.coordinator(of: study.directory.path) : nil
    let transport = try ZeroMQCoordinatorTransport(wakeups: [signals.readDescriptor], keys: key?.pair)
    let rendezvous = try Rendezvous(study: study.directory.path)
    try transport.bind(rendezvous.address)
    if let bind {
      let address = try listen(at: bind, on: transport)
      console.message("Listening for workers at \(address)")
      if let key { console.message("Workers need the key: hpsearch worker URL --key \(key.workerFile)") }
    }
    let launch = LocalWorkers.Launch(
      arguments: [Executable.path, "worker", rendezvous.address, "--leashed", "--threads", "\(threads)"]
        + (key.map { ["--key", $0.workerFile] } ?? []),
      environment: ProcessInfo.processInfo.environment, logDirectory: study.directory.logs)
    let budget = [configuration.strategy.trials, strategy.size].compactMap(\.self).min() ?? 1
    var parts = Coordinator.Parts(
      store: study.store, logs: LogWriter(study.directory), checkpoints: CheckpointStore(study.directory),
      transport: transport, strategy: strategy, localWorkers: try LocalWorkers(launch: launch), signals: signals,
      logger: logger)
    let runsPerTrial = configuration.plan.runsPerTrial
    var snapshot = ProgressSnapshot(
      study: configuration.name, metric: configuration.objective.metric, trials: budget, runs: budget * runsPerTrial)
    var isFirst = true
    parts.observe = { progress in
      if isFirst { snapshot.runsDoneBefore = progress.runsDone + progress.runsFailed }
      isFirst = false
      snapshot.update(progress)
      console.update(snapshot)
    }
    let coordinator = try Coordinator(
      configuration: configuration, directory: dataDirectory, budget: budget, parts: parts)
    if let left = configuration.dimensionsLeftToTrials, !left.isEmpty {
      console.message(
        "The training loss does not depend continuously on \(left.joined(separator: ", ")): searched by trials, and not by "
          + "explorations")
    }
    if study.resumes { console.message("Going on with the study in \(study.directory.path)") }
    defer { console.finish(snapshot) }
    return try coordinator.run(localWorkers: min(workers, max(1, budget * runsPerTrial)))
  }
}

extension SweepService {
  private func listen(at bind: ListeningAddress, on transport: ZeroMQCoordinatorTransport) throws -> String {
    do {
      return try transport.bind(bind.text)
    } catch {
      guard error.isAddressInUse else { throw error }
      throw fail("\(error): another coordinator or program has the port; choose another")
    }
  }
}

extension ProgressSnapshot {
  mutating func update(_ progress: CoordinatorProgress) {
    trialsDone = progress.trialsDone
    trialsFailed = progress.trialsFailed
    runsDone = progress.runsDone + progress.runsFailed
    elapsed = progress.elapsed.inSeconds
    best = progress.best.map { Best(trial: $0.trial, value: $0.value) }
    workers = progress.workers.flatMap { worker in
      (0..<worker.slots).map { slot in
        let name = worker.slots > 1 ? "\(worker.name)/\(slot + 1)" : worker.name
        guard slot < worker.leases.count else { return Worker(name: name) }
        let attempt = worker.leases[slot]
        let report = worker.progress[attempt]
        if let before = progress.stepsBefore[attempt.run], let total = report?.total, total > 0 {
          partsDoneBefore[attempt.run] = min(max(Double(before) / Double(total), 0), 1)
        }
        return Worker(
          name: name, run: attempt.run, attempt: attempt.number, step: report?.step ?? 0, total: report?.total,
          metrics: report?.metrics ?? [:])
      }
    }
  }
}
