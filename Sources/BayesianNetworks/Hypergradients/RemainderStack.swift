/// The digits that products of integers with fractions n / 2^12 lose, kept so that every product can be undone bit for
/// bit (Maclaurin, Duvenaud and Adams 2015, section 3, algorithm 3).
///
/// x becomes n floor(x / 2^12) + s with the remainder of the division put away and s, below n, taken from what was put away
/// before: what is left to be stored are log2(2^12 / n) bits a number and step, 0.15 for 0.9. Where the paper's
/// implementation has an integer of unlimited length for each number, here each number has one of 64 bits, in
/// [low, 2^32 low), and its overflow goes to one stack for all: asymmetric numeral systems with uniform symbols (Duda 2014).
/// Numbers are gone through from the first to the last, and undone from the last to the first.
package struct RemainderStack {
  private static let bits = UInt64(12)
  private static let denominator = UInt64(1) << bits

  /// n
  private let numerator: UInt64
  private let low: UInt64
  private var states: [UInt64]
  private var overflow: [UInt32] = []

  /// - Parameter fraction: In (0, 1); `value` is the nearest one that there is.
  package init(fraction: Double, count: Int) {
    numerator = min(max(UInt64((fraction * Double(Self.denominator)).rounded()), 1), Self.denominator - 1)
    // Divisible by n and by 2^12, so that steps of both kinds keep to the interval and undo each other.
    low = numerator * Self.denominator
    states = Array(repeating: low, count: count)
  }

  /// The fraction that numbers are multiplied by.
  package var value: Double { Double(numerator) / Double(Self.denominator) }

  /// Words that were put away.
  package var overflowCount: Int { overflow.count }

  /// Whether everything that was put away is taken back.
  package var isEmpty: Bool { overflow.isEmpty && states.allSatisfy { $0 == low } }

  package mutating func reset() {
    for i in states.indices { states[i] = low }
    overflow.removeAll(keepingCapacity: true)
  }

  /// x <- x n / 2^12, up to what can be stored of the remainder.
  package mutating func multiply(_ x: inout [Int64]) {
    let (n, low, count) = (numerator, low, states.count)
    // Taken out, so that the loop's closures hold no part of this value.
    var words: [UInt32] = []
    swap(&words, &overflow)
    defer { swap(&words, &overflow) }
    let pushLimit = (low >> Self.bits) << 32
    withUnsafeMutableBufferPointers(&states, &x) { states, x in
      for i in 0..<count {
        var state = states[i]
        if state >= pushLimit {
          words.append(UInt32(truncatingIfNeeded: state))
          state >>= 32
        }
        state = state << Self.bits | UInt64(bitPattern: x[i]) & (Self.denominator - 1)
        let (quotient, remainder) = state.quotientAndRemainder(dividingBy: n)
        state = quotient
        if state < low, let word = words.popLast() { state = state << 32 | UInt64(word) }
        states[i] = state
        x[i] = (x[i] >> Int64(Self.bits)) * Int64(n) + Int64(remainder)
      }
    }
  }

  /// Undoes the last `multiply`.
  package mutating func divide(_ x: inout [Int64]) {
    let (n, low, count) = (numerator, low, states.count)
    // Taken out, so that the loop's closures hold no part of this value.
    var words: [UInt32] = []
    swap(&words, &overflow)
    defer { swap(&words, &overflow) }
    let popLimit = (low / n) << 32
    withUnsafeMutableBufferPointers(&states, &x) { states, x in
      for i in Swift.stride(from: count - 1, through: 0, by: -1) {
        var state = states[i]
        if state >= popLimit {
          words.append(UInt32(truncatingIfNeeded: state))
          state >>= 32
        }
        // Rounded down for negative numbers too, as the shift did.
        var quotient = x[i] / Int64(n)
        var remainder = x[i] - quotient * Int64(n)
        if remainder < 0 {
          remainder += Int64(n)
          quotient -= 1
        }
        state = state * n + UInt64(remainder)
        x[i] = quotient << Int64(Self.bits) | Int64(bitPattern: state & (Self.denominator - 1))
        state >>= Self.bits
        if state < low, let word = words.popLast() { state = state << 32 | UInt64(word) }
        states[i] = state
      }
    }
  }
}

private func withUnsafeMutableBufferPointers<A, B>(
  _ a: inout [A], _ b: inout [B], _ body: (UnsafeMutableBufferPointer<A>, UnsafeMutableBufferPointer<B>) -> Void
) {
  a.withUnsafeMutableBufferPointer { a in b.withUnsafeMutableBufferPointer { b in body(a, b) } }
}
