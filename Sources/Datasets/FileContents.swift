import CZlib
import Foundation

/// Whole files, unzipped where they are gzip by their first two bytes (whatever they are called).
enum FileContents {
  /// - Throws: `DatasetError` that names the file, and says what the system said.
  static func read(_ path: String) throws(DatasetError) -> [UInt8] {
    let bytes = try raw(path)
    guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else { return bytes }
    return try unzip(bytes, path)
  }

  private static func raw(_ path: String) throws(DatasetError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DatasetError("cannot open: \(String(cString: strerror(errno))); check the path", file: path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw DatasetError("cannot read: \(String(cString: strerror(errno)))", file: path)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw DatasetError("is a folder, not a file", file: path) }
    var bytes = [UInt8]()
    bytes.reserveCapacity(Int(status.st_size) + 1)
    let chunk = 1 << 20
    while true {
      var code: Int32 = 0
      let start = bytes.count
      // Room for the chunk; what was not filled is taken away again.
      bytes.append(contentsOf: repeatElement(0, count: min(chunk, max(Int(status.st_size) - start + 1, 4096))))
      let count = bytes.withUnsafeMutableBytes { buffer in
        let count = Foundation.read(descriptor, buffer.baseAddress! + start, buffer.count - start)
        code = errno
        return count
      }
      bytes.removeLast(bytes.count - start - max(count, 0))
      if count < 0 && code == EINTR { continue }
      guard count >= 0 else { throw DatasetError("cannot read: \(String(cString: strerror(code)))", file: path) }
      if count == 0 { return bytes }
    }
  }

  /// A gzip file may hold several members, one after the other.
  private static func unzip(_ bytes: [UInt8], _ path: String) throws(DatasetError) -> [UInt8] {
    var output = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var stream = z_stream()
    // 16 + 15: a gzip header, the largest window.
    guard inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw DatasetError("zlib cannot start", file: path)
    }
    defer { inflateEnd(&stream) }
    var position = 0
    while true {
      // zlib counts in 32 bits; a larger file is fed in pieces.
      let piece = min(bytes.count - position, 1 << 30)
      var produced = 0
      let code = bytes.withUnsafeBufferPointer { source in
        buffer.withUnsafeMutableBufferPointer { target in
          stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress! + position)
          stream.avail_in = UInt32(piece)
          stream.next_out = target.baseAddress!
          stream.avail_out = UInt32(target.count)
          let code = inflate(&stream, Z_NO_FLUSH)
          produced = target.count - Int(stream.avail_out)
          return code
        }
      }
      position += piece - Int(stream.avail_in)
      output.append(contentsOf: buffer[..<produced])
      if code == Z_STREAM_END {
        if position == bytes.count { return output }
        guard position + 1 < bytes.count, bytes[position] == 0x1f, bytes[position + 1] == 0x8b else {
          throw DatasetError("corrupt gzip file: \(bytes.count - position) bytes after its end", file: path)
        }
        inflateReset(&stream)
      } else if code == Z_BUF_ERROR || (code == Z_OK && position == bytes.count && produced < buffer.count) {
        throw DatasetError(
          "truncated gzip file: it ends after \(bytes.count) bytes, in the middle of the compressed data", file: path)
      } else if code != Z_OK {
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib code \(code)"
        throw DatasetError("corrupt gzip file: \(reason) near byte \(position)", file: path)
      }
    }
  }
}
