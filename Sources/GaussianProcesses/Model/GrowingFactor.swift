import Synchronization
import Tensors

/// The lower Cholesky factor L of a covariance matrix, row-major, to which rows can be appended in O(n^2) without
/// copying: factors that grew from each other share their rows.
struct GrowingFactor: Sendable {
  let count: Int
  private let storage: Storage

  /// Memory with room for more rows. A row is written once, by the factor that claimed it, before any factor that
  /// holds it exists; that makes sharing safe.
  private final class Storage: @unchecked Sendable {
    let base: UnsafeMutablePointer<Double>
    let stride: Int
    let claimed: Atomic<Int>

    init(rows: Int, spare: Int) {
      // An odd multiple of a cache line, so that a column's numbers do not fall into the same cache sets.
      stride = ((rows + spare + 7) / 8 | 1) * 8
      base = .allocate(capacity: stride * stride)
      claimed = Atomic(rows)
    }

    deinit { base.deallocate() }

    /// Rows first ..< first + count, if no other factor has them.
    func claim(_ rows: Int, after first: Int) -> Bool {
      first + rows <= stride
        && claimed.compareExchange(expected: first, desired: first + rows, ordering: .acquiringAndReleasing).exchanged
    }
  }

  /// - Parameter lower: n x n, contiguous; what is above the diagonal is not used.
  init(lower: UnsafePointer<Double>, count: Int) {
    self.count = count
    storage = Storage(rows: count, spare: Self.spare(count))
    for row in 0..<count {
      Double.copy(lower + row * count, into: storage.base + row * storage.stride, count: row + 1)
    }
  }

  private init(_ storage: Storage, count: Int) {
    self.storage = storage
    self.count = count
  }

  private static func spare(_ count: Int) -> Int { max(32, count / 8) }

  /// The factor of [A, C^T; C, B] from that of A.
  ///
  /// - Parameters:
  ///   - whitened: L^-1 C^T as rows, p x n.
  ///   - corner: The factor of the Schur complement B - C A^-1 C^T, p x p.
  func appending(
    whitened: UnsafePointer<Double>, corner: UnsafePointer<Double>, rows: Int
  ) -> GrowingFactor {
    var target = storage
    if !storage.claim(rows, after: count) {
      target = Storage(rows: count + rows, spare: Self.spare(count + rows))
      for row in 0..<count {
        Double.copy(storage.base + row * storage.stride, into: target.base + row * target.stride, count: row + 1)
      }
    }
    for row in 0..<rows {
      let start = target.base + (count + row) * target.stride
      Double.copy(whitened + row * count, into: start, count: count)
      Double.copy(corner + row * rows, into: start + count, count: row + 1)
    }
    return GrowingFactor(target, count: count + rows)
  }

  /// Every row b of B (q x n) becomes L^-1 b.
  func solveLower(rows q: Int, _ b: UnsafeMutablePointer<Double>) {
    guard count > 0, q > 0 else { return }
    withExtendedLifetime(storage) {
      BLAS.trsm(right: true, transpose: true, m: q, n: count, lower: storage.base, ldl: storage.stride, b, ldb: count)
    }
  }

  /// Every row b of B (q x n) becomes L^-T b.
  func solveUpper(rows q: Int, _ b: UnsafeMutablePointer<Double>) {
    guard count > 0, q > 0 else { return }
    withExtendedLifetime(storage) {
      BLAS.trsm(right: true, m: q, n: count, lower: storage.base, ldl: storage.stride, b, ldb: count)
    }
  }

  /// L, n x n.
  var lower: Matrix<Double> {
    var result = Matrix<Double>(rows: count, columns: count)
    let target = result.unsafeMutablePointer()
    withExtendedLifetime((storage, result)) {
      for row in 0..<count {
        Double.copy(storage.base + row * storage.stride, into: target + row * count, count: row + 1)
      }
    }
    return result
  }
}
