/// Elements are drawn in groups of 256: the counters of a group are consecutive, and both outputs of all of them are
/// used. Element i of group g takes counter 128 g + i mod 128, the first half of the group one output, the second half
/// the other. So writes are contiguous, and every element is a function of the key and its index.
let randomGroup = 256

/// Signs are drawn in groups of 2048, a bit for each, from 32 consecutive counters: element i of a group is bit i / 64
/// of word i mod 64, where the first outputs of the counters are the first 32 words and the second ones the others.
let signGroup = 2048

extension TensorScalar {
  /// Calls `fill(first group, groups, out)` for the whole groups in the range, and, through scratch memory, for the
  /// groups that it cuts.
  @inline(__always)
  static func fillGroups(
    of size: Int, offset: Int, _ out: UnsafeMutablePointer<Self>, _ count: Int,
    _ fill: (Int, Int, UnsafeMutablePointer<Self>) -> Void
  ) {
    precondition(offset >= 0, "random numbers start at index 0, not at \(offset)")
    withUnsafeTemporaryAllocation(of: Self.self, capacity: size) { memory in
      let scratch = memory.baseAddress.unsafelyUnwrapped
      var index = offset
      let end = offset + count
      while index < end {
        let group = index / size
        let within = index - group * size
        let whole = within == 0 ? (end - index) / size : 0
        let target = whole > 0 ? out + (index - offset) : scratch
        fill(group, max(1, whole), target)
        var taken = whole * size
        if whole == 0 {
          taken = min(size - within, end - index)
          copy(scratch + within, into: out + (index - offset), count: taken)
        }
        index += taken
      }
    }
  }

  /// The same for groups of 256, one at a time, with the first counter of each.
  @inline(__always)
  static func fillEachGroup(
    offset: Int, _ out: UnsafeMutablePointer<Self>, _ count: Int,
    _ fill: (UInt64, UnsafeMutablePointer<Self>) -> Void
  ) {
    fillGroups(of: randomGroup, offset: offset, out, count) { first, groups, out in
      for group in 0..<groups { fill(UInt64((first + group) * (randomGroup / 2)), out + group * randomGroup) }
    }
  }

  /// The random words of counter `first + i`, for i in a group. A group never crosses a multiple of 2^32.
  @inline(__always)
  static func words(_ key: RandomKey, _ first: UInt64, _ i: Int) -> (UInt32, UInt32) {
    let low = UInt32(truncatingIfNeeded: first) &+ UInt32(truncatingIfNeeded: i)
    return Threefry.block(key: (key.word0, key.word1), counter: (low, UInt32(truncatingIfNeeded: first &>> 32)))
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fillNormal(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: randomGroup) { memory in
      let (radii, turns) = (
        memory.baseAddress.unsafelyUnwrapped, memory.baseAddress.unsafelyUnwrapped + randomGroup / 2
      )
      fillGroups(of: randomGroup, offset: offset, out, count) { first, groups, out in
        for group in 0..<groups {
          let counter = UInt64((first + group) * (randomGroup / 2))
          let (low, high) = (UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter &>> 32))
          // Bits first and numbers second: in one loop, the two long chains of operations wait for each other.
          for i in 0..<(randomGroup / 2) {
            (radii[i], turns[i]) = Threefry.shortBlock(
              key: (key.word0, key.word1), counter: (low &+ UInt32(truncatingIfNeeded: i), high))
          }
          let out = out + group * randomGroup
          for i in 0..<(randomGroup / 2) {
            let radius = sqrt(-2 * logUnit(radii[i]))
            let (sine, cosine) = sinCos(turn: turns[i])
            out[i] = radius * cosine
            out[i + randomGroup / 2] = radius * sine
          }
        }
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fillUniform(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int) {
    fillEachGroup(offset: offset, out, count) { counter, out in
      // One counter an element, so that Double has all its 53 bits.
      for half in 0..<2 {
        let first = 2 * counter + UInt64(half * (randomGroup / 2))
        for i in 0..<(randomGroup / 2) {
          let (a, b) = words(key, first, i)
          out[i + half * (randomGroup / 2)] = unit(a, b)
        }
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fillRademacher(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { memory in
      let bits = memory.baseAddress.unsafelyUnwrapped
      fillGroups(of: signGroup, offset: offset, out, count) { first, groups, out in
        for group in 0..<groups {
          let counter = UInt64((first + group) * 32)
          for i in 0..<32 { (bits[i], bits[i + 32]) = words(key, counter, i) }
          for bit in 0..<32 {
            let (mask, out) = (UInt32(1) &<< UInt32(truncatingIfNeeded: bit), out + group * signGroup + bit * 64)
            for i in 0..<64 { out[i] = bits[i] & mask != 0 ? 1 : -1 }
          }
        }
      }
    }
  }
}

extension Vector {
  /// `count` standard normal numbers of a key.
  public static func normal(_ key: RandomKey, count: Int) -> Vector {
    var result = Vector(count: count)
    Scalar.fillNormal(key, offset: 0, into: result.unsafeMutablePointer(), count: count)
    return result
  }

  /// `count` numbers of a key, uniform between `low` and `high`.
  public static func uniform(_ key: RandomKey, from low: Scalar = 0, to high: Scalar = 1, count: Int) -> Vector {
    var unit = Vector(count: count)
    Scalar.fillUniform(key, offset: 0, into: unit.unsafeMutablePointer(), count: count)
    var result = Vector(repeating: low, count: count)
    let target = result.unsafeMutablePointer()
    withExtendedLifetime(unit) { Scalar.axpy(high - low, unit.unsafePointer, target, count: count) }
    return result
  }
}
