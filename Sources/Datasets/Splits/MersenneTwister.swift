/// MT19937 (Matsumoto and Nishimura 1998), seeded by `init_genrand`: the generator of NumPy's `RandomState`, for
/// regenerating the standard UCI splits. Everything else in this package uses counter-based random numbers.
public struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397
  private var state: [UInt32]
  private var position = size

  public init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  /// The next 32 bits.
  public mutating func next() -> UInt32 {
    if position == Self.size { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9d2c_5680
    word ^= word << 15 & 0xefc6_0000
    return word ^ word >> 18
  }

  /// Uniform on 0...bound, by rejection of masked words, as NumPy's legacy `random_interval` does.
  public mutating func next(through bound: UInt32) -> UInt32 {
    if bound == 0 { return 0 }
    let mask = UInt32.max >> UInt32(bound.leadingZeroBitCount)
    while true {
      let value = next() & mask
      if value <= bound { return value }
    }
  }

  /// A permutation of 0..<count: Fisher-Yates from the end, as `RandomState.permutation`.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(next(through: UInt32(index))))
    }
    return order
  }

  private mutating func refill() {
    for index in 0..<Self.size {
      let word = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7fff_ffff
      state[index] = state[(index + Self.shift) % Self.size] ^ word >> 1 ^ (word & 1 == 0 ? 0 : 0x9908_b0df)
    }
    position = 0
  }
}
