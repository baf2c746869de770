package import StudyModel

/// The workers that a coordinator knows, in the order in which they joined, and what each holds.
package struct WorkerRoster {
  package struct Progress: Hashable, Sendable {
    package var step: Int
    package var total: Int?
    package var metrics: [String: Double]
  }

  package struct Worker: Hashable, Sendable {
    package let token: String
    package let name: String
    package let host: String
    package let processID: Int
    package let slots: Int
    package internal(set) var peer: PeerID
    package internal(set) var heard: Duration
    var spokenTo: Duration
    /// In the order in which they were handed out, which is the order in which they start.
    package internal(set) var leases: [Attempt] = []
    /// It gave a run back: it takes nothing more until it says hello again.
    var isLeaving = false
    /// The serial of its last hello.
    var serial = 0
    package internal(set) var progress: [Attempt: Progress] = [:]
    /// Running mean of the seconds a run takes; nil before the first result.
    var meanSeconds: Double?

    /// Runs held for each slot: one, and for very short runs as many as fill a twentieth of a second, so that no slot
    /// waits for the network.
    var prefetch: Int {
      guard let meanSeconds else { return 1 }
      let window = 0.05
      return max(1, min(64, Int(window / max(meanSeconds, 1e-6))))
    }
  }

  package private(set) var workers: [Worker] = []

  private func index(of peer: PeerID) -> Int? { workers.firstIndex { $0.peer == peer } }

  mutating func heard(from peer: PeerID, at now: Duration) -> Worker? {
    guard let index = index(of: peer) else { return nil }
    workers[index].heard = now
    return workers[index]
  }

  /// Whether a hello was sent before its sender saw the answer to the one before: that answer, and what came with it,
  /// is on its way over the same connection.
  func isCrossed(_ hello: Hello, from peer: PeerID) -> Bool {
    guard let worker = workers.first(where: { $0.token == hello.token }) else { return false }
    return worker.peer == peer && hello.answered < worker.serial
  }

  mutating func rest(_ peer: PeerID) {
    guard let index = index(of: peer) else { return }
    workers[index].isLeaving = true
  }

  /// Silence up to now is nobody's fault.
  mutating func forgive(at now: Duration) {
    for index in workers.indices { workers[index].heard = now }
  }

  mutating func join(_ hello: Hello, from peer: PeerID, at now: Duration) -> (Worker, isNew: Bool) {
    if let index = workers.firstIndex(where: { $0.token == hello.token }) {
      workers[index].peer = peer
      workers[index].heard = now
      workers[index].isLeaving = false
      workers[index].serial = hello.serial
      return (workers[index], false)
    }
    var name = hello.name
    var suffix = 2
    while workers.contains(where: { $0.name == name }) {
      name = "\(hello.name)-\(suffix)"
      suffix += 1
    }
    var worker = Worker(
      token: hello.token, name: name, host: hello.host, processID: hello.processID, slots: hello.slots, peer: peer,
      heard: now, spokenTo: now)
    worker.serial = hello.serial
    workers.append(worker)
    return (worker, true)
  }

  mutating func remove(_ peer: PeerID) {
    workers.removeAll { $0.peer == peer }
  }

  mutating func lease(_ attempt: Attempt, to peer: PeerID, at now: Duration) {
    guard let index = index(of: peer) else { return }
    workers[index].leases.append(attempt)
    workers[index].spokenTo = now
  }

  mutating func returned(_ attempt: Attempt, by peer: PeerID, seconds: Double?) {
    guard let index = index(of: peer) else { return }
    workers[index].leases.removeAll { $0 == attempt }
    workers[index].progress[attempt] = nil
    if let seconds, seconds.isFinite, seconds >= 0 {
      // One slow run is enough to stop holding runs ahead.
      workers[index].meanSeconds = workers[index].meanSeconds.map { max(0.8 * $0 + 0.2 * seconds, seconds) } ?? seconds
    }
  }

  mutating func report(_ attempt: Attempt, from peer: PeerID, step: Int, total: Int?, metrics: [String: Double]) {
    guard let index = index(of: peer) else { return }
    workers[index].progress[attempt] = Progress(step: step, total: total, metrics: metrics)
  }

  /// The peers that nothing was said to since `then`; from now on they count as spoken to.
  mutating func takeQuiet(since then: Duration, at now: Duration) -> [PeerID] {
    var peers: [PeerID] = []
    for index in workers.indices where workers[index].spokenTo <= then {
      workers[index].spokenTo = now
      peers.append(workers[index].peer)
    }
    return peers
  }
}
