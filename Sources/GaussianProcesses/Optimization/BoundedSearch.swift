/// One search of `BoundedLBFGS` as a value: it asks for the function at `trial`, is told the value and the gradient,
/// and asks again until it is finished.
struct BoundedSearch {
  /// The point at which the function is wanted.
  private(set) var trial: [Double]
  private(set) var reason: BoundedLBFGS.Reason?

  private let lower, upper: [Double]
  private let options: BoundedLBFGS
  private var point: [Double]
  private var value = Double.nan
  private var gradient: [Double] = []
  private var curvature: CompactCurvature
  private var direction: [Double] = []
  private var lineSearch: WolfeLineSearch?
  /// The lowest point of the present line search.
  private var best: (point: [Double], value: Double, gradient: [Double])?
  private var iterations = 0
  private var evaluations = 0

  init(from start: [Double], lower: [Double], upper: [Double], options: BoundedLBFGS) {
    precondition(
      lower.count == start.count && upper.count == start.count && zip(lower, upper).allSatisfy { $0 <= $1 },
      "\(start.count) coordinates need as many bounds, the lower ones below the upper ones")
    self.lower = lower
    self.upper = upper
    self.options = options
    point = start.indices.map { min(max(start[$0], lower[$0]), upper[$0]) }
    trial = point
    curvature = CompactCurvature(memory: max(1, options.memory))
  }

  var isFinished: Bool { reason != nil }

  var result: BoundedLBFGS.Result {
    BoundedLBFGS.Result(
      point: point, value: value, gradientNorm: projectedGradientNorm, iterations: iterations,
      evaluations: evaluations, reason: reason ?? .iterationLimit)
  }

  mutating func take(value newValue: Double, gradient newGradient: [Double]) {
    evaluations += 1
    let isValid = newValue.isFinite && newGradient.allSatisfy(\.isFinite)
    guard var search = lineSearch else {
      (value, gradient) = (newValue, newGradient)
      if isValid { begin() } else { reason = .invalidStart }
      return
    }
    if isValid, newValue < best?.value ?? value { best = (trial, newValue, newGradient) }
    let outcome = search.take(
      value: isValid ? newValue : .infinity, slope: isValid ? dot(newGradient, direction) : .nan)
    lineSearch = search
    switch outcome {
    case .accepted: move(to: trial, newValue, newGradient)
    case .evaluate where evaluations < options.maximumEvaluations: ask(search.step)
    case .evaluate, .failed:
      if let best {
        move(to: best.point, best.value, best.gradient)
      } else if evaluations >= options.maximumEvaluations {
        reason = .evaluationLimit
      } else if curvature.isEmpty {
        reason = .noProgress
      } else {
        // The model of the curvature may be at fault: once more along the gradient.
        curvature.forget()
        begin()
      }
    }
  }

  private mutating func move(to newPoint: [Double], _ newValue: Double, _ newGradient: [Double]) {
    let (step, difference) = (minus(newPoint, point), minus(newGradient, gradient))
    let reduction = value - newValue
    let scale = max(abs(value), abs(newValue), 1)
    (point, value, gradient) = (newPoint, newValue, newGradient)
    iterations += 1
    if reduction <= options.relativeTolerance * scale {
      reason = projectedGradientNorm <= options.gradientTolerance ? .smallGradient : .smallReduction
      return
    }
    curvature.add(step: step, difference: difference)
    begin()
  }

  /// Finds a direction and asks for the first point along it.
  private mutating func begin() {
    best = nil
    if projectedGradientNorm <= options.gradientTolerance {
      reason = .smallGradient
    } else if iterations >= options.maximumIterations {
      reason = .iterationLimit
    } else if evaluations >= options.maximumEvaluations {
      reason = .evaluationLimit
    } else {
      direction = minus(modelMinimum(), point)
      var slope = dot(direction, gradient)
      if !(slope < 0), !curvature.isEmpty {
        curvature.forget()
        direction = minus(modelMinimum(), point)
        slope = dot(direction, gradient)
      }
      guard slope < 0, slope.isFinite else {
        reason = .noProgress
        return
      }
      let length = dot(direction, direction).squareRoot()
      let search = WolfeLineSearch(
        value: value, slope: slope, firstStep: curvature.isEmpty ? min(1, options.firstStep / length) : 1,
        longest: longestStep)
      lineSearch = search
      ask(search.step)
    }
  }

  private mutating func ask(_ step: Double) {
    trial = point.indices.map { min(max(point[$0] + step * direction[$0], lower[$0]), upper[$0]) }
  }

  /// The step to the first bound along the direction. At least 1, where the direction ends within the bounds.
  private var longestStep: Double {
    var step = Double.infinity
    for i in point.indices where direction[i] != 0 {
      step = min(step, ((direction[i] > 0 ? upper[i] : lower[i]) - point[i]) / direction[i])
    }
    return max(step, 1)
  }

  private var projectedGradientNorm: Double {
    var norm = 0.0
    for i in gradient.indices {
      norm = max(norm, abs(min(max(point[i] - gradient[i], lower[i]), upper[i]) - point[i]))
    }
    return norm
  }

  // MARK: The minimum of the quadratic model

  /// The minimum over the variables that are free at the Cauchy point, within the bounds (section 5.1; projected as a
  /// whole by Morales and Nocedal 2011, section 2, and cut off at the first bound where that does not lead downhill).
  private func modelMinimum() -> [Double] {
    let (cauchy, c) = cauchyPoint()
    let free = point.indices.map { cauchy[$0] > lower[$0] && cauchy[$0] < upper[$0] }
    guard free.contains(true) else { return cauchy }
    let bent = curvature.isEmpty ? nil : curvature.product(curvature.middleProduct(c), count: point.count)
    let residual = point.indices.map {
      gradient[$0] + curvature.theta * (cauchy[$0] - point[$0]) - (bent?[$0] ?? 0)
    }
    guard let step = curvature.newtonStep(residual, free: free), step.allSatisfy(\.isFinite) else { return cauchy }
    let projected = point.indices.map { min(max(cauchy[$0] + step[$0], lower[$0]), upper[$0]) }
    if dot(minus(projected, point), gradient) < 0 { return projected }
    var share = 1.0
    for i in point.indices where step[i] != 0 {
      share = min(share, ((step[i] > 0 ? upper[i] : lower[i]) - cauchy[i]) / step[i])
    }
    return point.indices.map { min(max(cauchy[$0] + share * step[$0], lower[$0]), upper[$0]) }
  }

  /// The first local minimum of the model along the projected gradient, and c = W^T (cauchy - x) (algorithm CP).
  private func cauchyPoint() -> (point: [Double], c: [Double]) {
    var cauchy = point
    var direction = gradient.map { -$0 }
    let breaks = point.indices.map { i -> Double in
      if gradient[i] == 0 { return .infinity }
      return (point[i] - (gradient[i] < 0 ? upper[i] : lower[i])) / gradient[i]
    }
    for i in breaks.indices where breaks[i] <= 0 { direction[i] = 0 }
    var p = curvature.transposedProduct(direction)
    var c = Array(repeating: 0.0, count: p.count)
    var first = -dot(direction, direction)
    guard first < 0 else { return (cauchy, c) }
    var second = -curvature.theta * first - (curvature.isEmpty ? 0 : dot(p, curvature.middleProduct(p)))
    var minimum = -first / second
    var time = 0.0
    for b in breaks.indices.filter({ breaks[$0] > 0 && breaks[$0] < .infinity }).sorted(by: { breaks[$0] < breaks[$1] })
    {
      let step = breaks[b] - time
      // Written so that NaN, from a curvature of 0, ends the walk too.
      guard !(minimum < step), minimum.isFinite else { break }
      cauchy[b] = direction[b] > 0 ? upper[b] : lower[b]
      let move = cauchy[b] - point[b]
      let g = gradient[b]
      for k in c.indices { c[k] += step * p[k] }
      first += step * second + g * g + curvature.theta * g * move
      second -= curvature.theta * g * g
      if !curvature.isEmpty {
        let w = curvature.row(b)
        let middle = curvature.middleProduct(w)
        first -= g * dot(middle, c)
        second -= 2 * g * dot(middle, p) + g * g * dot(middle, w)
        for k in p.indices { p[k] += g * w[k] }
      }
      direction[b] = 0
      time = breaks[b]
      if first >= 0 {
        minimum = 0
        break
      }
      second = max(second, 2.2e-16 * curvature.theta)
      minimum = -first / second
    }
    let step = minimum.isFinite ? max(0, minimum) : 0
    for i in point.indices where direction[i] != 0 {
      cauchy[i] = min(max(point[i] + (time + step) * direction[i], lower[i]), upper[i])
    }
    for k in c.indices { c[k] += step * p[k] }
    return (cauchy, c)
  }
}

/// a - b
private func minus(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }
