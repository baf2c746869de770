/// The direction numbers of a Sobol sequence, made here instead of taken from a table.
///
/// Dimension 0 is van der Corput's sequence. Dimension j > 0 has the j-th primitive polynomial, of degree s, and s odd
/// initial numbers m_k < 2^k; the others follow from
///
///     m_k = 2 a_1 m_(k-1) ^ 4 a_2 m_(k-2) ^ ... ^ 2^s m_(k-s) ^ m_(k-s)
///
/// (Bratley & Fox, "Algorithm 659", 1988). Any odd numbers make the projection on dimension j alone perfect; the
/// initial numbers decide how even the projections on two dimensions are. As in Joe & Kuo, "Constructing Sobol
/// sequences with better two-dimensional projections" (2008), they are searched, dimension by dimension: of a fixed
/// number of candidates that a hash gives, the one is kept whose projections with the dimensions before it (beyond the
/// first 128, with the 32 before it: the time would grow with the square of the dimensions) have the smallest sum of squared t-values over the first 2^m points, m = 1 ... `largestPower`. The result does not depend
/// on how many dimensions are asked for.
struct DirectionNumbers: Sendable {
  /// Bits of a coordinate, and so the binary logarithm of the length of the sequence.
  static let bits = 32
  private static let candidates = 48
  private static let largestPower = 10
  private static let wholeDimensions = 128
  private static let nearDimensions = 32

  /// `columns[j][k]`: what bit k of the index adds to dimension j, as a fraction of 2^32.
  let columns: [[UInt32]]

  init(dimensions: Int) {
    let polynomials = PrimitivePolynomials.first(max(0, dimensions - 1))
    var columns: [[UInt32]] = []
    var matrices: [GeneratorMatrix] = []
    for dimension in 0..<dimensions {
      let best =
        dimension == 0
        ? (0..<Self.bits).map { 1 << (Self.bits - 1 - $0) }
        : Self.best(polynomials[dimension - 1], dimension, beside: matrices)
      columns.append(best)
      matrices.append(GeneratorMatrix(columns: best))
    }
    self.columns = columns
  }

  private static func best(_ polynomial: UInt32, _ dimension: Int, beside earlier: [GeneratorMatrix]) -> [UInt32] {
    var best: (cost: Int, columns: [UInt32])?
    for candidate in 0..<candidates {
      let columns = columns(polynomial, initialNumbers(polynomial, dimension, candidate))
      let matrix = GeneratorMatrix(columns: columns)
      var cost = 0
      for other in dimension <= wholeDimensions ? earlier[...] : earlier.suffix(nearDimensions) {
        for power in 1...largestPower {
          let t = matrix.tValue(with: other, power: power)
          cost += t * t
        }
        if let best, cost >= best.cost { break }
      }
      if best == nil || cost < best!.cost { best = (cost, columns) }
    }
    return best!.columns
  }

  /// m_1 ... m_s of a candidate.
  private static func initialNumbers(_ polynomial: UInt32, _ dimension: Int, _ candidate: Int) -> [UInt32] {
    let random = CounterRandom(seed: dimension).child(candidate)
    return (1...degree(polynomial)).map { k in
      (UInt32(truncatingIfNeeded: random.child(k).bits) | 1) & (1 << UInt32(k) - 1)
    }
  }

  private static func columns(_ polynomial: UInt32, _ initial: [UInt32]) -> [UInt32] {
    let degree = degree(polynomial)
    var numbers = initial
    for k in degree..<bits {
      var number = numbers[k - degree] ^ numbers[k - degree] << UInt32(degree)
      for i in 1..<max(1, degree) where polynomial >> UInt32(degree - i) & 1 == 1 {
        number ^= numbers[k - i] << UInt32(i)
      }
      numbers.append(number)
    }
    return numbers.enumerated().map { k, number in number << UInt32(bits - 1 - k) }
  }

  private static func degree(_ polynomial: UInt32) -> Int {
    polynomial.bitWidth - 1 - polynomial.leadingZeroBitCount
  }
}
