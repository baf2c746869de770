import Foundation

/// How long it takes until something is on the disk: a study that is kept in the current folder commits no faster.
enum StorageCheck {
  static func finding(folder: String = FileManager.default.currentDirectoryPath) -> Finding {
    let name = "fsync here"
    do {
      return judge(name, milliseconds: try medianMilliseconds(in: folder))
    } catch {
      return Finding(
        name, "not measured: \(error.reasonText)",
        remedy: "The folder \(folder) cannot be written to: start sweeps elsewhere, or give --directory.")
    }
  }

  static func judge(_ name: String, milliseconds: Double) -> Finding {
    let text = milliseconds < 10 ? "\((milliseconds * 100).rounded() / 100) ms" : "\(Int(milliseconds.rounded())) ms"
    return Finding(
      name, text,
      remedy: milliseconds > 20
        ? "Each commit of a study waits for it, about \(Int(1000 / milliseconds)) times a second at most. Keep "
          + "studies of many short trials on a local disk."
        : nil)
  }

  /// Appends a page and waits for it, as a commit does.
  private static func medianMilliseconds(in folder: String) throws -> Double {
    var path = Array("\(folder)/.hpsearch-doctor-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    unlink(path)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 0x68, count: 4096)
    var times: [Double] = []
    let clock = ContinuousClock()
    for _ in 0..<15 {
      let start = clock.now
      guard write(descriptor, page, page.count) == page.count, fsync(descriptor) == 0 else {
        throw POSIXError(.init(rawValue: errno) ?? .EIO)
      }
      times.append((clock.now - start) / .milliseconds(1))
      if times.reduce(0, +) > 1000 { break }
    }
    return times.sorted()[times.count / 2]
  }
}
