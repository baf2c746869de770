import ArgumentParser

/// Where a coordinator listens for workers of other machines.
struct ListeningAddress {
  let text: String

  /// - Throws: `ExitCode` 64 for what is not an address, and for one that others can reach without authentication.
  init(_ text: String, isInsecure: Bool) throws {
    guard text.hasPrefix("tcp://") || text.hasPrefix("ipc://"), !text.hasSuffix("://") else {
      throw fail("--bind \(text): expected tcp://HOST:PORT, for example tcp://0.0.0.0:7777", status: ExitCode.usage)
    }
    self.text = text
    guard text.hasPrefix("tcp://"), !isInsecure else { return }
    let host = text.dropFirst("tcp://".count).split(separator: ":", omittingEmptySubsequences: false).dropLast()
      .joined(separator: ":")
    let isLocal = host == "localhost" || host.hasPrefix("127.") || host == "[::1]"
    if !isLocal {
      throw fail(
        "--bind \(text) can be reached from other machines, and anyone who reaches it could take part. "
          + "Add --insecure on a network that you trust", status: ExitCode.usage)
    }
  }
}
