import ArgumentParser
import Foundation
import ZeroMQ

/// What lets workers of other machines in: the public half of the coordinator's CURVE key pair (RFC 26 of ZeroMQ), which
/// is never sent, so that only those who were given it can open a connection. Everything on the connection is encrypted.
///
/// The secret half stays with the study, in coordinator.key; worker.key is for the workers. Both are for their owner's
/// eyes alone.
enum WorkerKey {
  /// The key pair of a study, made at the first call.
  ///
  /// - Throws: `ExitCode`, after the reason was said on standard error.
  static func coordinator(of study: String) throws -> (pair: CurveKeyPair, workerFile: String) {
    let secretFile = "\(study)/coordinator.key"
    let workerFile = "\(study)/worker.key"
    do {
      if FileManager.default.fileExists(atPath: secretFile) {
        return (try CurveKeyPair(secretKey: try read(secretFile)), workerFile)
      }
      let pair = try CurveKeyPair()
      try write(pair.publicKey, to: workerFile)
      try write(pair.secretKey, to: secretFile)
      return (pair, workerFile)
    } catch {
      throw fail("the key \(secretFile) cannot be used: \(error.keyReason)")
    }
  }

  /// The key that a worker was given.
  static func worker(_ path: String) throws -> String {
    do {
      let key = try read(path)
      guard key.utf8.count == 40 else {
        throw KeyError("it is not a key: expected 40 characters, found \(key.utf8.count)")
      }
      return key
    } catch {
      throw fail("--key \(path): \(error.keyReason)", status: ExitCode.usage)
    }
  }

  private static func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func write(_ key: String, to path: String) throws {
    // Never readable by others, not even for a moment.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw KeyError(String(cString: strerror(errno))) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data("\(key)\n".utf8))
    try file.synchronize()
  }
}

private struct KeyError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension Error {
  fileprivate var keyReason: String {
    switch self {
    case let error as KeyError: error.reason
    case let error as ZeroMQError: error.description
    default: reasonText
    }
  }
}
