/// Random numbers without a state: each is a function of a key and of counters, so that the same trial is drawn in any
/// process, in any order.
///
/// Every word is absorbed by the finaliser of SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number
/// generators", 2014), which is a bijection that mixes all 64 bits.
struct CounterRandom: Sendable {
  private let key: UInt64

  init(seed: Int) {
    key = Self.mix(UInt64(bitPattern: Int64(seed)) &+ Self.increment)
  }

  private init(key: UInt64) {
    self.key = key
  }

  /// An independent generator for each counter: a step of SplitMix64 that starts at the key. Key and counter must not
  /// be exchangeable, or trial 2 of seed 1 would be trial 1 of seed 2.
  func child(_ counter: Int) -> Self {
    Self(key: Self.mix(key &+ Self.increment &* (UInt64(bitPattern: Int64(counter)) &+ 1)))
  }

  /// An independent generator for each name.
  func child(_ name: String) -> Self {
    // FNV-1a: `String.hashValue` has another seed in each process.
    let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return child(Int(truncatingIfNeeded: hash))
  }

  /// 64 random bits.
  var bits: UInt64 { Self.mix(key) }

  /// Uniform on (0, 1), from 53 bits; never 0 or 1.
  var uniform: Double { (Double(bits >> 11) + 0.5) * 0x1p-53 }

  private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
