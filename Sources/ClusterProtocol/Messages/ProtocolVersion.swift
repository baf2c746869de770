/// Every message is one frame and opens with four bytes: "HP", the version of the protocol, the kind of the message.
/// The four bytes, and the message `rejected`, are the same in all versions, so that versions that differ can say so.
package enum ProtocolVersion {
  package static let current: UInt8 = 2
  static let magic: [UInt8] = Array("HP".utf8)
  static let headerLength = 4

  static func header(_ kind: UInt8, version: UInt8 = current) -> [UInt8] {
    magic + [version, kind]
  }

  /// The version and kind of a message.
  ///
  /// - Throws: `WireError` when the bytes are not a message of hpsearch at all.
  static func readHeader(_ bytes: [UInt8]) throws(WireError) -> (version: UInt8, kind: UInt8) {
    guard bytes.count >= headerLength, bytes.starts(with: magic) else {
      let start = bytes.prefix(16).map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
      throw WireError("\(bytes.count) bytes that are not a message of hpsearch, starting \"\(start)\"")
    }
    return (bytes[2], bytes[3])
  }
}

/// The two ends speak different versions of the protocol.
package struct VersionMismatch: Error, Hashable, CustomStringConvertible {
  package let theirs: UInt8

  package init(theirs: UInt8) {
    self.theirs = theirs
  }

  /// The same, told to the other end.
  var forTheOtherEnd: String {
    "it speaks protocol version \(ProtocolVersion.current), and version \(theirs) came in: \(Self.remedy)"
  }

  private static let remedy = "use the same release of hpsearch for the coordinator and its workers"

  package var description: String {
    "protocol version \(theirs) at the other end, \(ProtocolVersion.current) here: "
      + Self.remedy
  }
}
