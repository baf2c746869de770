#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the study folder needs of the file system.
package enum Files {
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  static func status(of path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  /// The size in bytes; nil where there is no such file.
  static func size(of path: String) -> Int? {
    status(of: path).map(size)
  }

  static func size(_ status: stat) -> Int { Int(status.st_size) }

  /// When a file was last written to, or a folder's names last changed, in seconds since 1970.
  static func changedAt(_ status: stat) -> Double {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The time of the clock that files are stamped with, in seconds since 1970.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Makes the folder and those above it; nothing happens where it exists.
  static func makeDirectory(_ path: String) throws(StoreError) {
    if mkdir(path, 0o755) == 0 {
      try synchronizeDirectory(parent(of: path))
      return
    }
    switch errno {
    case EEXIST:
      guard let status = status(of: path), status.st_mode & S_IFMT == S_IFDIR else {
        throw StoreError(
          .io, at: path, "is in the way: a folder is needed here, found a file; move it or choose another name")
      }
    // Some file systems, /proc for one, say so of a folder that they take none in: a second try would be as vain.
    case ENOENT where !exists(parent(of: path)):
      try makeDirectory(parent(of: path))
      try makeDirectory(path)
    case let code:
      throw StoreError(errno: code, at: path, "cannot be made")
    }
  }

  static func parent(of path: String) -> String {
    var path = Substring(path)
    while path.count > 1, path.last == "/" { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> Substring {
    guard let slash = path.lastIndex(of: "/") else { return Substring(path) }
    return path[path.index(after: slash)...]
  }

  /// The names in a folder, without "." and "..", in no order.
  static func list(_ path: String) throws(StoreError) -> [String] {
    guard let directory = opendir(path) else { throw StoreError(errno: errno, at: path, "cannot be listed") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func read(_ path: String) throws(StoreError) -> [UInt8] {
    let file = try OpenFile(path, .read)
    return try file.read(0..<file.size)
  }

  /// Writes the file so that after a crash the old contents or the new ones are there, never a mixture, and the new
  /// ones once this returned.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
    let folder = parent(of: path)
    let temporary = "\(folder)/.\(name(of: path)).\(getpid()).tmp"
    do {
      let file = try OpenFile(temporary, .create)
      try file.write(bytes)
      try file.synchronize()
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw StoreError(errno: code, at: path, "cannot be replaced")
    }
    try synchronizeDirectory(folder)
  }

  /// Makes new, renamed and removed names in a folder durable.
  static func synchronizeDirectory(_ path: String) throws(StoreError) {
    try OpenFile(path, .read).synchronize()
  }

  static func remove(_ path: String) throws(StoreError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw StoreError(errno: errno, at: path, "cannot be removed") }
  }
}

extension StoreError {
  init(errno code: Int32, at place: String, _ what: String) {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOENT:
      self.init(.missing, at: place, "\(what): \(reason)")
    case ENOSPC, EDQUOT:
      self.init(.full, at: place, "\(what): \(reason); free some space and start again")
    case EACCES, EPERM, EROFS:
      self.init(.readOnly, at: place, "\(what): \(reason); make it writable or choose another folder")
    default:
      self.init(.io, at: place, "\(what): \(reason)")
    }
  }
}
