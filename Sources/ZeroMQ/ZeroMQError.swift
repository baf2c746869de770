import CZeroMQ

/// A call into libzmq failed.
package struct ZeroMQError: Error, Hashable, CustomStringConvertible {
  /// The error number, as errno has them.
  package let code: Int32
  /// What was tried, for example "bind tcp://0.0.0.0:7777".
  package let operation: String

  package init(code: Int32, operation: String) {
    self.code = code
    self.operation = operation
  }

  init(_ operation: String) {
    self.init(code: zmq_errno(), operation: operation)
  }

  package var description: String {
    "cannot \(operation): \(String(cString: zmq_strerror(code)))"
  }
}

extension ZeroMQError {
  package var isAddressInUse: Bool { code == EADDRINUSE }
  /// A mandatory ROUTER has no such peer, or the peer's queue is full.
  package var isUnreachable: Bool { code == EHOSTUNREACH || code == EAGAIN }
}

/// The version of the libzmq that is loaded, for example "4.3.4".
package var version: String {
  var major: Int32 = 0
  var minor: Int32 = 0
  var patch: Int32 = 0
  zmq_version(&major, &minor, &patch)
  return "\(major).\(minor).\(patch)"
}

/// Whether the libzmq that is loaded can encrypt and authenticate connections with CURVE.
package var hasCurve: Bool { zmq_has("curve") == 1 }
