/// A Sobol sequence with nested uniform scrambling (Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995).
///
/// Each digit of a coordinate is flipped by a random bit that depends on the digits above it. The scrambled points are
/// as even as the plain ones, each is uniform on the cube, and the mean of a smooth function over n of them has an
/// error of about n^(-3/2). The random bits come from a hash of (seed, dimension, digits above), so nothing is stored.
package struct ScrambledSobolSequence: Sendable {
  private let columns: [[UInt32]]
  private let keys: [CounterRandom]

  package init(dimensions: Int, seed: Int) {
    self.init(columns: DirectionNumbers(dimensions: dimensions).columns, seed: seed)
  }

  private init(columns: [[UInt32]], seed: Int) {
    self.columns = columns
    let random = CounterRandom(seed: seed).child("sobol")
    keys = columns.indices.map { random.child($0) }
  }

  /// The same sequence with another scrambling, in its first dimensions. Finding the direction numbers of many dimensions
  /// takes far longer than this.
  func rescrambled(seed: Int, dimensions: Int? = nil) -> Self {
    Self(columns: dimensions.map { Array(columns.prefix($0)) } ?? columns, seed: seed)
  }

  /// Point `index` of the sequence, in the open unit cube.
  ///
  /// - Precondition: 0 <= index < 2^32
  package func point(_ index: Int) -> [Double] {
    precondition(index >= 0 && index < 1 << DirectionNumbers.bits, "the sequence has 2^32 points, asked for \(index)")
    return columns.indices.map { dimension in
      var coordinate: UInt32 = 0
      var bits = index
      while bits != 0 {
        coordinate ^= columns[dimension][bits.trailingZeroBitCount]
        bits &= bits - 1
      }
      // Below the digits of the sequence all flips are free: the rest is uniform.
      let scrambled = scramble(coordinate, keys[dimension])
      let rest = keys[dimension].child(Int(coordinate) | 1 << 40).bits >> 43
      return (Double(UInt64(scrambled) << 21 | rest) + 0.5) * 0x1p-53
    }
  }

  private func scramble(_ coordinate: UInt32, _ key: CounterRandom) -> UInt32 {
    var flips: UInt32 = 0
    for digit in 0..<32 {
      // A leading 1 tells the prefixes 0, 00, 000 apart.
      let prefix = UInt64(1) << UInt64(digit) | UInt64(coordinate) >> UInt64(32 - digit)
      flips |= UInt32(truncatingIfNeeded: key.child(Int(prefix)).bits >> 63) << UInt32(31 - digit)
    }
    return coordinate ^ flips
  }
}
