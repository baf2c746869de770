import ArgumentParser
import Foundation

/// Where a coordinator listens for workers of other machines.
struct ListeningAddress {
  let text: String
  /// Whether other machines can reach it, so that workers have to show a key.
  let isOuter: Bool

  /// - Throws: `ExitCode` 64 for what is not an address.
  init(_ given: String) throws {
    // libzmq listens on numbers and interfaces, and does not look names up.
    let text = given.replacingOccurrences(of: "tcp://localhost:", with: "tcp://127.0.0.1:")
    self.text = text
    if text.hasPrefix("ipc://"), text.count > "ipc://".count {
      isOuter = false
      return
    }
    let parts = text.dropFirst("tcp://".count).split(separator: ":", omittingEmptySubsequences: false)
    guard text.hasPrefix("tcp://"), parts.count >= 2, let port = parts.last, port == "*" || UInt16(port) != nil,
      let first = parts.first, !first.isEmpty
    else {
      throw fail("--bind \(given): expected tcp://HOST:PORT, for example tcp://0.0.0.0:7777", status: ExitCode.usage)
    }
    let host = parts.dropLast().joined(separator: ":")
    isOuter = !host.hasPrefix("127.") && host != "[::1]"
  }
}
