import Foundation

/// A smooth function through values at scattered points of a unit box: kriging with a Matérn kernel of smoothness 5/2, whose
/// length scales and nugget have the highest likelihood on a grid (Rasmussen and Williams 2006, sections 2.2 and 5.4.1).
///
/// It works on log(1 + r / s), where r is how much worse a value is than the best one and s the median of r: an evidence
/// falls without bound at the edge of a region, and what matters is near its top.
struct SurfaceInterpolation {
  /// A set of points that fills the box has its first points evenly too.
  private static let mostPoints = 400
  private static let lengths = [0.15, 0.3, 0.6, 1.2, 2.4, 4.8]
  private static let nuggets = [1e-6, 1e-4, 1e-2, 0.1]

  private let points: [[Double]]
  private let sign: Double
  private let best: Double
  private let scale: Double
  private var fit: Fit

  /// - Parameters:
  ///   - points: Coordinates from 0 to 1; not empty.
  ///   - values: One for each point, finite.
  ///   - isMaximized: Whether higher values are the better ones.
  init(points: [[Double]], values: [Double], isMaximized: Bool) {
    precondition(!points.isEmpty && points.count == values.count, "\(points.count) points, \(values.count) values")
    let points = Array(points.prefix(Self.mostPoints))
    let values = values.prefix(points.count)
    let sign: Double = isMaximized ? -1 : 1
    let best = (isMaximized ? values.max() : values.min()) ?? 0
    let regrets = values.map { sign * ($0 - best) }
    let positive = regrets.filter { $0 > 0 }.sorted()
    let scale = positive.isEmpty ? 1 : positive[positive.count / 2]
    let outcomes = regrets.map { log1p($0 / scale) }
    var lengths = [Double](repeating: 0.6, count: points[0].count)
    var nugget = 1e-4
    var fit = Fit(points, outcomes, lengths: lengths, nugget: nugget)
    // One after another, twice: the likelihood has few local optima in so few numbers.
    for _ in 0..<2 where points.count > 2 {
      for dimension in lengths.indices {
        for length in Self.lengths {
          var changed = lengths
          changed[dimension] = length
          let other = Fit(points, outcomes, lengths: changed, nugget: nugget)
          if other.loss < fit.loss { (fit, lengths) = (other, changed) }
        }
      }
      for changed in Self.nuggets {
        let other = Fit(points, outcomes, lengths: lengths, nugget: changed)
        if other.loss < fit.loss { (fit, nugget) = (other, changed) }
      }
    }
    self.points = points
    self.sign = sign
    self.best = best
    self.scale = scale
    self.fit = fit
  }

  /// The value at a point of the unit box, and the standard deviation of the interpolation there.
  func value(at point: [Double]) -> (mean: Double, standardDeviation: Double) {
    let (mean, deviation) = fit.value(at: point, points)
    // Far above all values the exponential would leave the numbers.
    let bounded = min(max(mean, -1), 50)
    return (best + sign * scale * (exp(bounded) - 1), scale * exp(bounded) * deviation)
  }

  private struct Fit {
    let lengths: [Double]
    /// Minus the logarithm of the likelihood, up to a constant, with the mean and the variance at their best.
    let loss: Double
    private let factor: CholeskyFactor
    private let mean: Double
    private let weights: [Double]
    private let variance: Double

    init(_ points: [[Double]], _ outcomes: [Double], lengths: [Double], nugget: Double) {
      self.lengths = lengths
      let count = points.count
      factor = CholeskyFactor(count) { row, column in
        row == column ? 1 + nugget : Self.correlation(points[row], points[column], lengths)
      }
      let ones = factor.solve([Double](repeating: 1, count: count))
      let mean = zip(ones, outcomes).reduce(0) { $0 + $1.0 * $1.1 } / ones.reduce(0, +)
      let residuals = outcomes.map { $0 - mean }
      weights = factor.solve(residuals)
      variance = max(zip(weights, residuals).reduce(0) { $0 + $1.0 * $1.1 } / Double(count), 1e-12)
      loss = Double(count) * log(variance) / 2 + factor.logDeterminant / 2
      self.mean = mean
    }

    func value(at point: [Double], _ points: [[Double]]) -> (Double, Double) {
      let near = points.map { Self.correlation($0, point, lengths) }
      let mean = mean + zip(near, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let known = zip(near, factor.solve(near)).reduce(0) { $0 + $1.0 * $1.1 }
      return (mean, (variance * max(0, 1 - known)).squareRoot())
    }

    private static func correlation(_ a: [Double], _ b: [Double], _ lengths: [Double]) -> Double {
      var square = 0.0
      for index in lengths.indices {
        let difference = (a[index] - b[index]) / lengths[index]
        square += difference * difference
      }
      let distance = (5 * square).squareRoot()
      return (1 + distance + 5 * square / 3) * exp(-distance)
    }
  }
}

/// The lower triangular factor L of a symmetric positive definite matrix A = L Lᵀ.
private struct CholeskyFactor {
  private let count: Int
  private var entries: [Double]

  init(_ count: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
    self.count = count
    entries = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0...row {
        var sum = element(row, column)
        for index in 0..<column { sum -= entries[row * count + index] * entries[column * count + index] }
        // Rounding may take a pivot of points that are nearly the same below 0.
        entries[row * count + column] =
          row == column ? max(sum, 1e-12).squareRoot() : sum / entries[column * count + column]
      }
    }
  }

  var logDeterminant: Double { (0..<count).reduce(0) { $0 + 2 * log(entries[$1 * count + $1]) } }

  /// x with A x = b.
  func solve(_ right: [Double]) -> [Double] {
    var x = right
    for row in 0..<count {
      for index in 0..<row { x[row] -= entries[row * count + index] * x[index] }
      x[row] /= entries[row * count + row]
    }
    for row in stride(from: count - 1, through: 0, by: -1) {
      for index in row + 1..<count { x[row] -= entries[index * count + row] * x[index] }
      x[row] /= entries[row * count + row]
    }
    return x
  }
}
