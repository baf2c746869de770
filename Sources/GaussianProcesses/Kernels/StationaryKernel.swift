import COpenBLAS
import Tensors

/// A kernel of the distance r between two points of the embedding, s k(r) with k(0) = 1 and the signal variance s.
public enum StationaryKernel: String, Hashable, Sendable, CaseIterable {
  /// k(r) = (1 + sqrt(5) r + 5 r^2 / 3) exp(-sqrt(5) r): twice differentiable functions (Rasmussen and Williams 2006,
  /// eq. 4.17).
  case matern52
  /// k(r) = exp(-r^2 / 2): functions with all derivatives.
  case rbf

  /// k at the square of a distance.
  public func correlation(squaredDistance: Double) -> Double {
    switch self {
    case .matern52:
      let t = (5 * squaredDistance).squareRoot()
      return (1 + t + t * t / 3) * Double.exp(-t)
    case .rbf: return Double.exp(-0.5 * squaredDistance)
    }
  }

  /// From scalar products to covariances, in place: row[j] = s k(r_j), and slopes[j] = s k'(r_j) / r_j, which is finite at
  /// r = 0, with r_j^2 = norm + norms[j] - 2 row[j].
  ///
  /// The loops vectorise as long as nothing in them is called: `Double.sqrt` is a call from another module.
  func evaluate(
    dots row: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>?, norm: Double,
    norms: UnsafePointer<Double>, scale: Double, count: Int
  ) {
    switch (self, slopes) {
    case (.matern52, let slopes?):
      for j in 0..<count {
        let square = norm + norms[j] - 2 * row[j]
        let t = hpsearch_sqrt(5 * (square > 0 ? square : 0))
        let e = scale * decayingExponential(t)
        row[j] = (1 + t + t * t * (1.0 / 3)) * e
        slopes[j] = (-5.0 / 3) * (1 + t) * e
      }
    case (.matern52, nil):
      for j in 0..<count {
        let square = norm + norms[j] - 2 * row[j]
        let t = hpsearch_sqrt(5 * (square > 0 ? square : 0))
        row[j] = (1 + t + t * t * (1.0 / 3)) * (scale * decayingExponential(t))
      }
    case (.rbf, let slopes?):
      for j in 0..<count {
        let square = norm + norms[j] - 2 * row[j]
        let e = scale * decayingExponential(0.5 * (square > 0 ? square : 0))
        row[j] = e
        slopes[j] = -e
      }
    case (.rbf, nil):
      for j in 0..<count {
        let square = norm + norms[j] - 2 * row[j]
        row[j] = scale * decayingExponential(0.5 * (square > 0 ? square : 0))
      }
    }
  }
}

/// exp(-x) for x >= 0 in a form that vectorises, to about one unit in the last place; exp(-708) beyond 708.
///
/// exp(-x) = 2^k exp(r) with the integer k nearest to -x / log 2 and the Taylor series of degree 13 for
/// |r| <= log(2) / 2, whose remainder is below 5e-18.
@inline(__always)
func decayingExponential(_ x: Double) -> Double {
  let bounded = x < 708 ? x : 708
  // Adding 1.5 2^52 rounds to an integer and leaves it in the low bits.
  let shifted = (-1.442_695_040_888_963_4 * bounded) + 0x1.8p52
  let k = shifted - 0x1.8p52
  let r = (-bounded).addingProduct(k, -0x1.62e4_2fee_0000_0p-1).addingProduct(k, -0x1.a39e_f357_93c7_6p-33)
  var p = 1.0 / 6_227_020_800
  p = (1.0 / 479_001_600).addingProduct(p, r)
  p = (1.0 / 39_916_800).addingProduct(p, r)
  p = (1.0 / 3_628_800).addingProduct(p, r)
  p = (1.0 / 362_880).addingProduct(p, r)
  p = (1.0 / 40_320).addingProduct(p, r)
  p = (1.0 / 5_040).addingProduct(p, r)
  p = (1.0 / 720).addingProduct(p, r)
  p = (1.0 / 120).addingProduct(p, r)
  p = (1.0 / 24).addingProduct(p, r)
  p = (1.0 / 6).addingProduct(p, r)
  p = 0.5.addingProduct(p, r)
  p = 1.0.addingProduct(p, r)
  p = 1.0.addingProduct(p, r)
  return Double(bitPattern: p.bitPattern &+ (shifted.bitPattern &<< 52))
}
