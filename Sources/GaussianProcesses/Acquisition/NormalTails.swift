import Foundation
public import Tensors

/// The standard normal distribution far out in its tails, where probabilities underflow and differences cancel.
package enum NormalTails {
  static let logRootTwoPi = 0.5 * Foundation.log(2 * Double.pi)

  /// phi(z) = exp(-z^2 / 2) / sqrt(2 pi)
  package static func density(_ z: Double) -> Double { exp(-0.5 * z * z - logRootTwoPi) }

  /// Phi(z)
  package static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

  /// The scaled complementary error function exp(x^2) erfc(x); infinite below about -26.6.
  package static func erfcx(_ x: Double) -> Double {
    guard x > 25 else {
      // x^2 in two parts, so that the exponential does not magnify its rounding error.
      let square = x * x
      let rest = (-square).addingProduct(x, x)
      return exp(square) * (1 + rest) * erfc(x)
    }
    // The asymptotic series sum (-1)^k (2k - 1)!! / (2 x^2)^k, which has converged by the sixth term.
    let t = 0.5 / (x * x)
    return (1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t))))) / (x * Double.pi.squareRoot())
  }

  /// Phi(-x) / phi(x), Mills' ratio.
  package static func millsRatio(_ x: Double) -> Double { (Double.pi / 2).squareRoot() * erfcx(x * 0.5.squareRoot()) }

  /// log Phi(z) and its derivative phi(z) / Phi(z).
  package static func logCumulative(_ z: Double) -> (value: Double, slope: Double) {
    if z < -1 {
      let ratio = millsRatio(-z)
      return (Foundation.log(ratio) - 0.5 * z * z - logRootTwoPi, 1 / ratio)
    }
    let upper = cumulative(-z)
    return (log1p(-upper), density(z) / (1 - upper))
  }

  /// log h(z), h(z) = phi(z) + z Phi(z), and the derivative Phi(z) / h(z), for all z (Ament et al. 2023, "Unexpected
  /// improvements to expected improvement for Bayesian optimization", eq. 9; here with Mills' ratio m and its series:
  /// h(-x) = phi(x) (1 - x m(x)), and 1 - x m(x) = 1 / x^2 - 3 / x^4 + 15 / x^6 ...).
  package static func logImprovement(_ z: Double) -> (value: Double, slope: Double) {
    if z > -1 {
      let (density, cumulative) = (density(z), cumulative(z))
      let h = density + z * cumulative
      return (Foundation.log(h), cumulative / h)
    }
    let x = -z
    let ratio = millsRatio(x)
    let logDensity = -0.5 * z * z - logRootTwoPi
    if x < 10 {
      let rest = 1 - x * ratio
      return (logDensity + Foundation.log(rest), ratio / rest)
    }
    // rest = s / x^2 with s = 1 - 3 / x^2 + 15 / x^4 ...; x^2 rest does not underflow where rest would.
    let t = 1 / (x * x)
    var (term, s) = (1.0, 1.0)
    var k = 3.0
    while k < 60, abs(term) > 1e-17 {
      term *= -k * t
      s += term
      k += 2
    }
    return (logDensity + Foundation.log(s) - 2 * Foundation.log(x), x * (x * ratio) / s)
  }

  /// The z with Phi(z) = p: -infinity at 0 and infinity at 1. To the last digits of double precision.
  package static func quantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    if p > 0.5 { return -quantile(1 - p) }
    // A start that is right to 5e-4 (Abramowitz and Stegun, 26.2.23), then Halley's method on log Phi(z) = log p.
    let t = (-2 * Foundation.log(p)).squareRoot()
    var z =
      (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    let target = Foundation.log(p)
    for _ in 0..<3 {
      let (value, slope) = logCumulative(z)
      let step = (value - target) / slope
      // (log Phi)'' = -slope (z + slope)
      z -= step / (1 + 0.5 * step * (z + slope))
    }
    return z
  }
}

extension Matrix<Double> {
  /// Standard normal numbers from uniform ones by the inverse of the distribution function: a low-discrepancy sequence
  /// stays one. Uniforms are kept away from 0 and 1 by 1e-12.
  public func normalQuantiles() -> Matrix<Double> {
    Matrix(
      elements.array.map { NormalTails.quantile(Swift.min(Swift.max($0, 1e-12), 1 - 1e-12)) }, rows: rows,
      columns: columns)
  }
}
