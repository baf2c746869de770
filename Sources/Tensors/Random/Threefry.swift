/// Threefry-2x32: a keyed bijection of 64-bit counters whose outputs pass for random.
///
/// 20 rounds, the authors' default, make keys, permutations and uniform numbers. The noise of weights and activations,
/// which is drawn anew at every step, takes 13 rounds, the smaller number that their library has known answers for; a
/// changed bit of the counter reaches all bits of the output after 8.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), section 3.2.
public enum Threefry {
  @inlinable @inline(__always)
  static func rotate(_ x: UInt32, _ bits: UInt32) -> UInt32 { (x &<< bits) | (x &>> (32 &- bits)) }

  /// Four rounds with the given rotations, and then the injection of a part of the key.
  @inlinable @inline(__always)
  static func mix(
    _ x0: inout UInt32, _ x1: inout UInt32, _ r0: UInt32, _ r1: UInt32, _ r2: UInt32, _ r3: UInt32,
    _ k0: UInt32, _ k1: UInt32
  ) {
    x0 &+= x1
    x1 = rotate(x1, r0) ^ x0
    x0 &+= x1
    x1 = rotate(x1, r1) ^ x0
    x0 &+= x1
    x1 = rotate(x1, r2) ^ x0
    x0 &+= x1
    x1 = rotate(x1, r3) ^ x0
    x0 &+= k0
    x1 &+= k1
  }

  /// The two random words of a counter, with 13 rounds.
  @inlinable @inline(__always)
  public static func shortBlock(key: (UInt32, UInt32), counter: (UInt32, UInt32)) -> (UInt32, UInt32) {
    let k2 = 0x1BD1_1BDA ^ key.0 ^ key.1
    var x0 = counter.0 &+ key.0
    var x1 = counter.1 &+ key.1
    mix(&x0, &x1, 13, 15, 26, 6, key.1, k2 &+ 1)
    mix(&x0, &x1, 17, 29, 16, 24, k2, key.0 &+ 2)
    mix(&x0, &x1, 13, 15, 26, 6, key.0, key.1 &+ 3)
    x0 &+= x1
    x1 = rotate(x1, 17) ^ x0
    return (x0, x1)
  }

  /// The two random words of a counter, with 20 rounds.
  @inlinable @inline(__always)
  public static func block(key: (UInt32, UInt32), counter: (UInt32, UInt32)) -> (UInt32, UInt32) {
    let k2 = 0x1BD1_1BDA ^ key.0 ^ key.1
    var x0 = counter.0 &+ key.0
    var x1 = counter.1 &+ key.1
    mix(&x0, &x1, 13, 15, 26, 6, key.1, k2 &+ 1)
    mix(&x0, &x1, 17, 29, 16, 24, k2, key.0 &+ 2)
    mix(&x0, &x1, 13, 15, 26, 6, key.0, key.1 &+ 3)
    mix(&x0, &x1, 17, 29, 16, 24, key.1, k2 &+ 4)
    mix(&x0, &x1, 13, 15, 26, 6, k2, key.0 &+ 5)
    return (x0, x1)
  }
}
