/// The name of a stream of random numbers. A key is a value: the same key gives the same numbers wherever and whenever
/// they are drawn. Keys for parts of a computation are made by folding labels in:
///
///     let key = RandomKey(seed: 7).folded(trial).folded(step).folded(layer)
public struct RandomKey: Hashable, Sendable {
  @usableFromInline let word0: UInt32
  @usableFromInline let word1: UInt32

  init(_ word0: UInt32, _ word1: UInt32) {
    self.word0 = word0
    self.word1 = word1
  }

  public init(seed: UInt64) {
    self.init(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
  }

  /// Any two labels give keys with unrelated streams.
  public func folded(_ label: UInt64) -> RandomKey {
    // The top bit keeps labels below 2^63 apart from the counters of the numbers themselves.
    let counter = label ^ (1 << 63)
    let (a, b) = Threefry.block(
      key: (word0, word1), counter: (UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter &>> 32)))
    return RandomKey(a, b)
  }

  public func folded(_ label: Int) -> RandomKey { folded(UInt64(truncatingIfNeeded: label)) }

  /// The 64 random bits of a counter below 2^63.
  public func bits(_ counter: UInt64) -> UInt64 {
    let (a, b) = Threefry.block(
      key: (word0, word1), counter: (UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter &>> 32)))
    return UInt64(a) &<< 32 | UInt64(b)
  }

  /// A uniformly random order of 0 ..< count (Fisher and Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements in random order. The order depends on the key and the number of elements alone.
  public func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, through: 1, by: -1) {
      let other = Int(bits(UInt64(last)).multipliedFullWidth(by: UInt64(last + 1)).high)
      if other != last { elements.swapAt(other, last) }
    }
  }
}
