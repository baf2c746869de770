/// A search for a step with the strong Wolfe conditions, as a value that is told what it asked for: first steps grow
/// until they enclose one, then the enclosing interval shrinks by cubic interpolation (Nocedal and Wright 2006,
/// algorithms 3.5 and 3.6).
struct WolfeLineSearch {
  enum Outcome { case evaluate, accepted, failed }

  private struct End {
    var step, value, slope: Double
  }

  /// The step to evaluate next, or the one accepted.
  private(set) var step: Double
  private let start: End
  private let longest: Double
  /// The end of the interval with the lower value, and the other one; `high` is nil until a step is enclosed.
  private var low: End
  private var high: End?
  private var evaluations = 0

  private static let decrease = 1e-4
  private static let curvature = 0.9
  private static let maximumEvaluations = 20

  /// - Parameters:
  ///   - slope: The directional derivative at step 0, negative.
  ///   - longest: The step that leads to the first bound.
  init(value: Double, slope: Double, firstStep: Double, longest: Double) {
    start = End(step: 0, value: value, slope: slope)
    low = start
    self.longest = longest
    step = min(firstStep, longest)
  }

  mutating func take(value: Double, slope: Double) -> Outcome {
    evaluations += 1
    let new = End(step: step, value: value, slope: slope)
    guard value.isFinite, slope.isFinite else {
      // Nothing is known beyond but that it is too far.
      high = End(step: step, value: .infinity, slope: .nan)
      return next(low.step + 0.2 * (step - low.step))
    }
    let tooHigh = value > start.value + Self.decrease * step * start.slope
    if !tooHigh, abs(slope) <= -Self.curvature * start.slope { return .accepted }
    if tooHigh || (value >= low.value && low.step > 0) {
      high = new
    } else if let high {
      if slope * (high.step - low.step) >= 0 { self.high = low }
      low = new
    } else if slope >= 0 {
      high = low
      low = new
    } else {
      // Still downhill at the bound: the bound is the best there is.
      if step >= longest { return .accepted }
      let grown = Self.cubicMinimum(low, new) ?? .infinity
      low = new
      return next(min(max(grown, 1.5 * step), 8 * step, longest))
    }
    return next(interpolated())
  }

  private mutating func next(_ step: Double) -> Outcome {
    guard evaluations < Self.maximumEvaluations, step > 0, step != self.step, step.isFinite else { return .failed }
    self.step = step
    return .evaluate
  }

  /// The minimum of the cubic through both ends, kept within the middle 80 % of the interval.
  private func interpolated() -> Double {
    guard let high else { return step }
    let width = high.step - low.step
    guard high.value.isFinite, let minimum = Self.cubicMinimum(low, high) else {
      return low.step + (high.value.isFinite ? 0.5 : 0.2) * width
    }
    let (a, b) = (low.step + 0.1 * width, high.step - 0.1 * width)
    return min(max(minimum, min(a, b)), max(a, b))
  }

  /// Nocedal and Wright, eq. 3.59; nil where the cubic has no minimum.
  private static func cubicMinimum(_ a: End, _ b: End) -> Double? {
    let first = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let square = first * first - a.slope * b.slope
    guard square >= 0 else { return nil }
    let second = square.squareRoot() * (b.step > a.step ? 1 : -1)
    let minimum = b.step - (b.step - a.step) * (b.slope + second - first) / (b.slope - a.slope + 2 * second)
    return minimum.isFinite ? minimum : nil
  }
}
