public import Tensors

/// Limited-memory BFGS with bounds: minimises a smooth function over a box.
///
/// Each iteration takes the generalised Cauchy point of the quadratic model, minimises the model over the variables
/// that are free there, and searches along the way to that minimum for a step with the strong Wolfe conditions (Byrd,
/// Lu, Nocedal and Zhu 1995, with the projection of Morales and Nocedal 2011). Equal calls give equal bits.
public struct BoundedLBFGS: Sendable {
  /// The pairs of steps and gradient differences that the model of the curvature keeps.
  public var memory = 10
  public var maximumIterations = 200
  /// Evaluations of the function for one start, line searches included.
  public var maximumEvaluations = 1000
  /// Ends when no component of the projected gradient P(x - g) - x is larger than this.
  public var gradientTolerance = 1e-5
  /// Ends when an iteration lowers the value by no more than this times max(|value|, 1).
  public var relativeTolerance = 1e-9
  /// The Euclidean length of the first step, before anything is known of the curvature.
  public var firstStep = 1.0

  public init() {}

  public enum Reason: Hashable, Sendable {
    case smallGradient, smallReduction, iterationLimit, evaluationLimit
    /// No step along the gradient lowers the value: rounding errors, or a gradient that is not the function's.
    case noProgress
    /// The value or the gradient at the start is not finite.
    case invalidStart
  }

  public struct Result: Hashable, Sendable {
    /// Within the bounds; the best point found.
    public var point: [Double]
    public var value: Double
    /// The largest component of the projected gradient.
    public var gradientNorm: Double
    public var iterations: Int
    public var evaluations: Int
    public var reason: Reason
  }

  /// Minimises from one start, which is first moved into the bounds.
  ///
  /// - Parameters:
  ///   - lower: Bounds, -infinity where there is none; equal bounds hold a coordinate fixed.
  ///   - function: Returns the value and writes the gradient, whose elements are 0 before. Where either is not finite
  ///     the search steps back.
  public func minimize(
    from start: [Double], lower: [Double], upper: [Double],
    _ function: (_ x: [Double], _ gradient: inout [Double]) throws -> Double
  ) rethrows -> Result {
    var search = BoundedSearch(from: start, lower: lower, upper: upper, options: self)
    var gradient = Array(repeating: 0.0, count: start.count)
    while !search.isFinished {
      for index in gradient.indices { gradient[index] = 0 }
      let value = try function(search.trial, &gradient)
      search.take(value: value, gradient: gradient)
    }
    return search.result
  }

  /// Minimises from several starts in step with each other: each round evaluates the function once for all that still
  /// search, so that the caller can do them in one batch. Each start has the same result as by itself.
  ///
  /// - Parameters:
  ///   - starts: One in a row.
  ///   - function: Takes the numbers of the starts that still search and their points (one in a row), and returns the
  ///     values and the gradients in that order.
  public func minimizeTogether(
    from starts: Matrix<Double>, lower: [Double], upper: [Double],
    _ function: (_ active: [Int], _ points: Matrix<Double>) throws -> (values: [Double], gradients: Matrix<Double>)
  ) rethrows -> [Result] {
    let width = starts.columns
    let all = starts.elements.array
    var searches = (0..<starts.rows).map {
      BoundedSearch(from: Array(all[($0 * width)..<(($0 + 1) * width)]), lower: lower, upper: upper, options: self)
    }
    while true {
      let active = searches.indices.filter { !searches[$0].isFinished }
      if active.isEmpty { return searches.map(\.result) }
      let points = Matrix(active.flatMap { searches[$0].trial }, rows: active.count, columns: width)
      let (values, gradients) = try function(active, points)
      precondition(
        values.count == active.count && gradients.rows == active.count && gradients.columns == width,
        "\(active.count) points of \(width) coordinates need as many values and gradients")
      let rows = gradients.elements.array
      for (place, index) in active.enumerated() {
        searches[index].take(
          value: values[place], gradient: Array(rows[(place * width)..<((place + 1) * width)]))
      }
    }
  }
}
