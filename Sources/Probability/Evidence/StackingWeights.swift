import Foundation

/// The weights of a mixture of K models that predicts best: the maximum over the simplex of
/// sum_i log sum_k w_k p_k(y_i), with p_k(y_i) the model's density of a point that it has not seen (leave-one-out,
/// cross-validation or held-out data; Yao, Vehtari, Simpson and Gelman 2018, eq. 3).
public struct StackingWeights: Hashable, Sendable {
  /// On the simplex, in the order of the models.
  public let weights: [Double]
  /// log sum_k w_k p_k(y_i) of every point.
  public let density: ExpectedLogDensity
  /// The objective, as a mean over the points, lies no further than this below its maximum.
  public let gap: Double
  public let iterations: Int

  /// Expectation maximisation, w_k <- w_k mean_i p_k(y_i) / sum_j w_j p_j(y_i), which never lowers the objective, with
  /// squared extrapolation (Varadhan and Roland 2008) where that raises it further. The objective is concave; the gap
  /// is bounded by log max_k mean_i p_k(y_i) / sum_j w_j p_j(y_i).
  ///
  /// - Parameters:
  ///   - logDensities: log p_k(y_i), one row for each model.
  ///   - tolerance: Ends the iteration when the gap is below it.
  public init(
    logDensities: [[Double]], tolerance: Double = 1e-8, maximumIterations: Int = 10_000
  ) throws(StackingError) {
    let problem = try MixtureWeightProblem(logDensities)
    var current = problem.evaluate(Array(repeating: 1 / Double(logDensities.count), count: logDensities.count))
    var steps = 0
    while current.gap > tolerance && steps < maximumIterations {
      steps += 1
      let first = problem.evaluate(current.improved)
      let second = problem.evaluate(first.improved)
      let best = problem.extrapolated(current.weights, first.weights, second.weights).map(problem.evaluate)
      if let best, best.objective > second.objective { current = best } else { current = second }
    }
    weights = current.weights
    density = ExpectedLogDensity(pointwise: problem.logMixture(current.weights), monteCarloError: nil)
    gap = max(0, current.gap)
    iterations = steps
  }
}

/// Why models cannot be stacked.
public enum StackingError: Error, Hashable, CustomStringConvertible {
  case noModels
  case unequalPoints(model: Int, expected: Int, found: Int)
  case undefinedDensity(model: Int, point: Int)

  public var description: String {
    switch self {
    case .noModels: "there are no models to weigh, or no points; give at least one of each"
    case .unequalPoints(let model, let expected, let found):
      "model \(model) has log densities of \(found) points, the first model of \(expected); give the same points to all"
    case .undefinedDensity(let model, let point):
      "model \(model) gives point \(point) a log density that is not a number or infinite; leave that model out"
    }
  }

  /// The models' common number of points.
  static func checkedPoints(_ logDensities: [[Double]]) throws(StackingError) -> Int {
    guard let points = logDensities.first?.count, points > 0 else { throw .noModels }
    for (model, row) in logDensities.enumerated() {
      guard row.count == points else { throw .unequalPoints(model: model, expected: points, found: row.count) }
      if let point = row.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
        throw .undefinedDensity(model: model, point: point)
      }
    }
    return points
  }
}

/// The mixture's mean log density as a function of the weights.
struct MixtureWeightProblem {
  struct Evaluation {
    var weights: [Double]
    var objective: Double
    /// mean_i p_k(y_i) / mixture(y_i): the derivative with respect to w_k.
    var gradient: [Double]

    /// The step of expectation maximisation.
    var improved: [Double] { zip(weights, gradient).map { $0 * $1 } }
    var gap: Double { log(gradient.max() ?? 1) }
  }

  private let models: Int
  /// p_k(y_i) / max_j p_j(y_i), point after point; points to which no model gives any density are left out, since no
  /// weights help them.
  private let ratios: [Double]
  private let largest: [Double]

  init(_ logDensities: [[Double]]) throws(StackingError) {
    let points = try StackingError.checkedPoints(logDensities)
    models = logDensities.count
    var ratios: [Double] = []
    largest = (0..<points).map { point in logDensities.reduce(-.infinity) { max($0, $1[point]) } }
    for point in 0..<points where largest[point] > -.infinity {
      for row in logDensities { ratios.append(exp(row[point] - largest[point])) }
    }
    self.ratios = ratios
  }

  func evaluate(_ weights: [Double]) -> Evaluation {
    var result = Evaluation(weights: weights, objective: 0, gradient: Array(repeating: 0, count: models))
    let points = max(1, ratios.count / models)
    for start in stride(from: 0, to: ratios.count, by: models) {
      var mixture = 0.0
      for k in 0..<models { mixture += weights[k] * ratios[start + k] }
      result.objective += log(mixture)
      for k in 0..<models { result.gradient[k] += ratios[start + k] / mixture }
    }
    result.objective /= Double(points)
    for k in 0..<models { result.gradient[k] /= Double(points) }
    if ratios.isEmpty { result.gradient = Array(repeating: 1, count: models) }
    return result
  }

  /// w0 - 2 a r + a^2 v with r = w1 - w0, v = w2 - w1 - r and a = -|r| / |v|, put back on the simplex; nil at a fixed
  /// point.
  func extrapolated(_ w0: [Double], _ w1: [Double], _ w2: [Double]) -> [Double]? {
    let r = zip(w1, w0).map { $0 - $1 }
    let v = (0..<models).map { w2[$0] - w1[$0] - r[$0] }
    let curvature = v.reduce(0) { $0 + $1 * $1 }
    guard curvature > 0 else { return nil }
    let a = -max(1, (r.reduce(0) { $0 + $1 * $1 } / curvature).squareRoot())
    // A weight of exactly 0 could never grow again.
    let moved = (0..<models).map { max(w2[$0] * 1e-6, w0[$0] - 2 * a * r[$0] + a * a * v[$0]) }
    let sum = moved.reduce(0, +)
    return sum.isFinite && sum > 0 ? moved.map { $0 / sum } : nil
  }

  func logMixture(_ weights: [Double]) -> [Double] {
    var start = 0
    return largest.map { peak in
      guard peak > -.infinity else { return peak }
      defer { start += models }
      return peak + log((0..<models).reduce(0) { $0 + weights[$1] * ratios[start + $1] })
    }
  }
}
