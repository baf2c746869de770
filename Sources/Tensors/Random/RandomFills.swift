/// Elements are drawn in groups of 256: the counters of a group are consecutive, and both outputs of all of them are
/// used. Element i of group g takes counter 128 g + i mod 128, the first half of the group one output, the second half
/// the other. So writes are contiguous, and every element is a function of the key and its index.
let randomGroup = 256

extension TensorScalar {
  /// Calls `fill(first counter, out)` for every group that the range touches, through scratch memory at its ends.
  @inline(__always)
  static func fillGroups(
    offset: Int, _ out: UnsafeMutablePointer<Self>, _ count: Int,
    _ fill: (UInt64, UnsafeMutablePointer<Self>) -> Void
  ) {
    precondition(offset >= 0, "random numbers start at index 0, not at \(offset)")
    var index = offset
    let end = offset + count
    while index < end {
      let group = index / randomGroup
      let within = index - group * randomGroup
      let taken = min(randomGroup - within, end - index)
      let counter = UInt64(group * (randomGroup / 2))
      if taken == randomGroup {
        fill(counter, out + (index - offset))
      } else {
        withUnsafeTemporaryAllocation(of: Self.self, capacity: randomGroup) { scratch in
          let base = scratch.baseAddress.unsafelyUnwrapped
          fill(counter, base)
          copy(base + within, into: out + (index - offset), count: taken)
        }
      }
      index += taken
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
    fillGroups(offset: offset, out, count) { counter, out in
      for i in 0..<(randomGroup / 2) {
        let (a, b) = words(key, counter, i)
        let radius = sqrt(-2 * log(positiveUnit(a)))
        let (sine, cosine) = sinCos(turn: b)
        out[i] = radius * cosine
        out[i + randomGroup / 2] = radius * sine
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fillUniform(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int) {
    fillGroups(offset: offset, out, count) { counter, out in
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
    fillGroups(offset: offset, out, count) { counter, out in
      for i in 0..<(randomGroup / 2) {
        let (a, b) = words(key, counter, i)
        out[i] = a >= 0x8000_0000 ? 1 : -1
        out[i + randomGroup / 2] = b >= 0x8000_0000 ? 1 : -1
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
