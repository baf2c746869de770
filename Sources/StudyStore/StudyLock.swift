#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The right to write to a study. One process at a time has it; the system takes it back when that process ends,
/// however it ends.
///
/// The lock is `flock` on study.lock, whose text names the holder for the error message of the next one. Child
/// processes do not inherit it.
package final class StudyLock {
  private var file: OpenFile?

  /// - Throws: `StoreError.locked` that names the process and the machine of the holder.
  package init(_ directory: StudyDirectory) throws(StoreError) {
    let file = try OpenFile(directory.lock, .lock)
    // A look at the holder (`holder(of:)`) takes the lock for a moment, hence more than one try.
    var tries = 0
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw StoreError(errno: errno, at: directory.lock, "cannot be locked")
      }
      tries += 1
      guard tries < 20 else {
        throw StoreError(
          .locked, at: directory.path,
          "the study is run by \(Self.text(file)); wait for it, stop it, or choose another name")
      }
      usleep(5_000)
    }
    ftruncate(file.descriptor, 0)
    try file.write(Array("process \(getpid()) on \(Self.host)\n".utf8))
    self.file = file
  }

  /// Gives the lock back; also done when the last reference to it goes.
  package func release() {
    if let file { ftruncate(file.descriptor, 0) }
    file = nil
  }

  deinit { release() }

  /// Who runs the study now, for example "process 4711 on node-3"; nil when nobody does. On another machine that
  /// sees the folder through a network file system the answer is only as good as that file system's locks.
  package static func holder(of directory: StudyDirectory) -> String? {
    guard let file = try? OpenFile(directory.lock, .read) else { return nil }
    if flock(file.descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
    return errno == EWOULDBLOCK ? text(file) : nil
  }

  private static func text(_ file: OpenFile) -> String {
    let bytes = (try? file.read(0..<200)) ?? []
    let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return text.isEmpty ? "another process" : text
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
