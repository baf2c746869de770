/// The coordinator's way to its workers. One thread; messages of one peer arrive in order, and may be lost when a
/// connection is, but are never cut or doubled.
package protocol CoordinatorTransport: AnyObject {
  /// What arrived, waiting at most so long for the first message. Returns early, and perhaps with nothing, when a
  /// signal or a file descriptor that the transport was told of needs attention.
  func receive(timeout: Duration) throws -> [(peer: PeerID, bytes: [UInt8])]
  /// Ends the wait of `receive`, or of its next call. May be called from any thread, also when the transport is gone.
  var waker: @Sendable () -> Void { get }
  /// Never waits. A message to a peer that is gone is dropped.
  func send(_ bytes: [UInt8], to peer: PeerID) throws
  /// Trouble with connections since the last call, for the log.
  func complaints() throws -> [String]
}

/// A worker's way to the coordinator. One thread.
package protocol WorkerTransport: AnyObject {
  func receive(timeout: Duration) throws -> [[UInt8]]
  func send(_ bytes: [UInt8]) throws
}
