/// Cuts a stream of bytes into lines. A line ends with LF or CRLF, and where asked for with CR, as progress bars have
/// it.
struct LineSplitter {
  private let endsAtCarriageReturn: Bool
  private let limit: Int
  /// The line that is not complete.
  private var rest: [UInt8] = []

  /// - Parameter limit: A line with more bytes is given out in pieces of that size.
  init(limit: Int, endsAtCarriageReturn: Bool) {
    self.limit = limit
    self.endsAtCarriageReturn = endsAtCarriageReturn
  }

  /// Takes bytes; `body` gets each line that they complete, without its end.
  mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (_ line: [UInt8], _ isCut: Bool) -> Void) {
    var start = 0
    for index in bytes.indices {
      let isEnd = bytes[index] == 0x0A || endsAtCarriageReturn && bytes[index] == 0x0D
      let isFull = !isEnd && rest.count + index + 1 - start >= limit
      guard isEnd || isFull else { continue }
      rest.append(contentsOf: bytes[start..<(isEnd ? index : index + 1)])
      start = index + 1
      give(isCut: isFull, body)
    }
    rest.append(contentsOf: bytes[start...])
  }

  /// The stream ended: what is left is a line.
  mutating func finish(_ body: (_ line: [UInt8], _ isCut: Bool) -> Void) {
    if !rest.isEmpty { give(isCut: false, body) }
  }

  private mutating func give(isCut: Bool, _ body: (_ line: [UInt8], _ isCut: Bool) -> Void) {
    if rest.last == 0x0D { rest.removeLast() }
    // CRLF ends a line once, not twice.
    if !(rest.isEmpty && endsAtCarriageReturn) { body(rest, isCut) }
    rest.removeAll(keepingCapacity: rest.capacity < 1 << 16)
  }
}
