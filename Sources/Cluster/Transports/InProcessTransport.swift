package import ClusterProtocol
import Foundation

/// A coordinator and its workers in one process, joined in memory. For tests and for programs that embed both.
package final class InProcessNetwork: @unchecked Sendable {
  // `@unchecked Sendable`: everything below is touched only while `condition` is locked.
  private let condition = NSCondition()
  private var toCoordinator: [(peer: PeerID, bytes: [UInt8])] = []
  private var toWorker: [PeerID: [[UInt8]]] = [:]
  private var nextPeer: UInt8 = 0
  private var cut: Set<PeerID> = []
  private var isWoken = false

  package init() {}

  package func coordinator() -> any CoordinatorTransport { CoordinatorEnd(network: self) }

  package func worker() -> any WorkerTransport {
    condition.lock()
    defer { condition.unlock() }
    nextPeer += 1
    let peer = PeerID([nextPeer])
    toWorker[peer] = []
    return WorkerEnd(network: self, peer: peer)
  }

  /// From now on nothing reaches the `index`th worker and nothing comes from it, as if its cable were pulled.
  package func cut(worker index: Int) {
    condition.lock()
    defer { condition.unlock() }
    cut.insert(PeerID([UInt8(index + 1)]))
  }

  fileprivate func receiveAtCoordinator(_ timeout: Duration) -> [(peer: PeerID, bytes: [UInt8])] {
    wait(timeout) {
      !toCoordinator.isEmpty || isWoken
    } then: {
      isWoken = false
      defer { toCoordinator = [] }
      return toCoordinator
    }
  }

  fileprivate func receive(at peer: PeerID, _ timeout: Duration) -> [[UInt8]] {
    wait(timeout) {
      toWorker[peer]?.isEmpty == false
    } then: {
      defer { toWorker[peer] = [] }
      return toWorker[peer] ?? []
    }
  }

  fileprivate func wakeCoordinator() {
    condition.lock()
    isWoken = true
    condition.broadcast()
    condition.unlock()
  }

  fileprivate func send(_ bytes: [UInt8], from peer: PeerID) {
    condition.lock()
    if !cut.contains(peer) { toCoordinator.append((peer, bytes)) }
    condition.broadcast()
    condition.unlock()
  }

  fileprivate func send(_ bytes: [UInt8], to peer: PeerID) {
    condition.lock()
    if !cut.contains(peer) { toWorker[peer]?.append(bytes) }
    condition.broadcast()
    condition.unlock()
  }

  private func wait<Result>(_ timeout: Duration, until isReady: () -> Bool, then take: () -> Result) -> Result {
    let deadline = Date(timeIntervalSinceNow: timeout.inSeconds)
    condition.lock()
    defer { condition.unlock() }
    while !isReady(), condition.wait(until: deadline) {}
    return take()
  }
}

private final class CoordinatorEnd: CoordinatorTransport {
  private let network: InProcessNetwork

  init(network: InProcessNetwork) { self.network = network }

  func receive(timeout: Duration) -> [(peer: PeerID, bytes: [UInt8])] { network.receiveAtCoordinator(timeout) }

  var waker: @Sendable () -> Void { { [network] in network.wakeCoordinator() } }

  func send(_ bytes: [UInt8], to peer: PeerID) { network.send(bytes, to: peer) }

  func complaints() -> [String] { [] }
}

private final class WorkerEnd: WorkerTransport {
  private let network: InProcessNetwork
  private let peer: PeerID
  /// Nothing in the process wakes this wait for what a slot has to say, so it is kept short.
  private static let longestWait = Duration.milliseconds(2)

  init(network: InProcessNetwork, peer: PeerID) {
    self.network = network
    self.peer = peer
  }

  func receive(timeout: Duration) -> [[UInt8]] { network.receive(at: peer, min(timeout, Self.longestWait)) }

  func send(_ bytes: [UInt8]) { network.send(bytes, from: peer) }
}
