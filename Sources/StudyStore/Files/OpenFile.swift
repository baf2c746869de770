#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An open file; it is closed when the last reference to it goes. Child processes do not inherit it.
final class OpenFile {
  enum Mode {
    case read
    /// For writing at the end; made when it is not there. Readable too, to look at its end.
    case append
    /// A new file for writing; one of the same name is emptied.
    case create
    /// For locking; made when it is not there.
    case lock

    fileprivate var flags: Int32 {
      switch self {
      case .read: O_RDONLY
      case .append: O_RDWR | O_APPEND | O_CREAT
      case .create: O_WRONLY | O_CREAT | O_TRUNC
      case .lock: O_RDWR | O_CREAT
      }
    }
  }

  let descriptor: Int32
  let path: String

  init(_ path: String, _ mode: Mode) throws(StoreError) {
    descriptor = open(path, mode.flags | O_CLOEXEC, 0o644)
    self.path = path
    if descriptor < 0 { throw StoreError(errno: errno, at: path, "cannot be opened") }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  var size: Int {
    get throws(StoreError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw StoreError(errno: errno, at: path, "cannot be examined") }
      return Int(status.st_size)
    }
  }

  /// Writes everything, in one system call where the system allows.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = systemWrite(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, at: path, "cannot be written")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  func write(_ bytes: [UInt8]) throws(StoreError) {
    let result = bytes.withUnsafeBytes { pointer in
      Result { () throws(StoreError) in try write(pointer) }
    }
    try result.get()
  }

  /// The bytes in `range`, fewer where the file ends.
  func read(_ range: Range<Int>) throws(StoreError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let got = pread(descriptor, buffer.baseAddress! + count, range.count - count, off_t(range.lowerBound + count))
        if got < 0 {
          if errno == EINTR { continue }
          failure = errno
          return
        }
        if got == 0 { return }
        count += got
      }
    }
    if failure != 0 { throw StoreError(errno: failure, at: path, "cannot be read") }
    return bytes
  }

  /// Waits until the contents are on the medium.
  func synchronize() throws(StoreError) {
    #if canImport(Darwin)
      // On macOS fsync leaves the data in the drive's cache; F_FULLFSYNC does not.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, at: path, "cannot be made durable") }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
