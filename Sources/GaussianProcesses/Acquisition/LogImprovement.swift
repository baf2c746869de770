import Foundation
public import Tensors

/// The logarithm of what an acquisition function on the scale of the outcomes (an upper confidence bound, a draw of the
/// objective) promises beyond the best value so far, so that the logarithms of a probability of success and of seconds can
/// be added to it: log w + asinh((a(x) - best) / 2w), which is log(a(x) - best) well above the best.
///
/// It is the logarithm of a smooth positive part, (u + sqrt(u^2 + 4)) / 2 of u = (a - best) / w. Like the "fat"
/// nonlinearities of Ament et al. (2023, appendix A.4) it falls as a power below 0, not exponentially: what promises no
/// improvement keeps its order and useful derivatives, and cannot outweigh that a trial is bound to fail. Its maximum
/// without other terms is that of a. To weigh improvements by the probability of success and by seconds follows Gardner et
/// al. (2014) and Snoek et al. (2012), who do it with the expected one.
public struct LogImprovement: AcquisitionFunction {
  public let base: any AcquisitionFunction
  /// The value to improve on, as `base` sees it.
  public let best: Double
  /// w: improvements below this, in units of the outcomes, are not told apart from none by their order of magnitude.
  public let width: Double

  public init(_ base: any AcquisitionFunction, best: Double, width: Double = 1e-3) {
    precondition(width > 0, "the width of the bend of a logarithm is positive, got \(width)")
    (self.base, self.best, self.width) = (base, best, width)
  }

  public func values(at points: Matrix<Double>) -> [Double] { base.values(at: points).map(value) }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    let plain = base.valuesAndGradients(at: points)
    let slopes = plain.values.map { value in
      let u = (value - best) / width
      return 1 / (width * (u * u + 4).squareRoot())
    }
    let columns = points.columns
    let gradients = plain.gradients.elements.array.enumerated().map { $1 * slopes[$0 / columns] }
    return (plain.values.map(value), Matrix(gradients, rows: points.rows, columns: columns))
  }

  private func value(_ plain: Double) -> Double { log(width) + asinh((plain - best) / (2 * width)) }
}
