/// The rows of a generator matrix over GF(2): bit k of row r says whether bit k of the index changes digit r of the
/// coordinate. Digit 0 is the half.
struct GeneratorMatrix {
  private let rows: [UInt32]

  /// - Parameter columns: What each bit of the index adds, as a fraction of 2^32.
  init(columns: [UInt32]) {
    rows = (0..<32).map { r in
      columns.indices.reduce(0 as UInt32) { $0 | (columns[$1] >> UInt32(31 - r) & 1) << UInt32($1) }
    }
  }

  /// The t-value of the first 2^power points in the projection on two dimensions: every elementary box of volume
  /// 2^(t - power) holds 2^t of them. 0 is perfect.
  ///
  /// t = power - rho, where rho is the largest number such that for all k + l = rho the first k rows of one matrix and
  /// the first l rows of the other are linearly independent (Niederreiter 1992, theorem 4.28).
  func tValue(with other: GeneratorMatrix, power: Int) -> Int {
    var rho = power
    var own = LinearSpan()
    for k in 0...power {
      // With k rows of this matrix, how many of the other fit?
      var both = own
      var l = 0
      while k + l < rho, both.insert(other.rows[l] & (1 << power - 1)) { l += 1 }
      rho = min(rho, k + l)
      // Beyond rho rows of this matrix nothing can lower it any more.
      if k >= rho { break }
      guard own.insert(rows[k] & (1 << power - 1)) else {
        rho = min(rho, k)
        break
      }
    }
    return power - rho
  }
}

/// The span of vectors over GF(2), kept as a basis with one vector for each leading bit.
private struct LinearSpan {
  private var basis = InlineArray<32, UInt32>(repeating: 0)

  /// Adds a vector; false if it lies in the span already.
  mutating func insert(_ vector: UInt32) -> Bool {
    var rest = vector
    while rest != 0 {
      let lead = 31 - rest.leadingZeroBitCount
      if basis[lead] == 0 {
        basis[lead] = rest
        return true
      }
      rest ^= basis[lead]
    }
    return false
  }
}
