import Foundation

/// A socket file where the local workers of one coordinator find it, in a folder that only this user can enter. It goes
/// away with its owner.
final class Rendezvous {
  let address: String
  private let folder: String

  init() throws {
    // The path of a socket file is short by nature: 107 bytes on Linux.
    let parent = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"].flatMap { $0.utf8.count < 60 ? $0 : nil } ?? "/tmp"
    var template = Array("\(parent)/hpsearch-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw fail("cannot make a folder for the workers' socket in \(parent): \(String(cString: strerror(errno)))")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    address = "ipc://\(folder)/workers"
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
