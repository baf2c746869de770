import Foundation
package import StudyModel

/// What the runs of one exploration learned of the objective, taken together, beside the ordinary trials that verify it.
package struct LearnedSurface: Sendable {
  /// An explored dimension.
  package struct Axis: Hashable, Sendable {
    package let name: String
    /// As much of the name as tells it from the other dimensions.
    package let title: String
    package let range: ClosedRange<Double>
    package let isLog: Bool

    /// From 0 to 1 inside the range, in the scale of the space.
    func position(_ value: Double) -> Double {
      let (low, high) = (range.lowerBound, range.upperBound)
      guard low < high else { return 0.5 }
      return isLog ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    }

    /// The ends are met exactly, whatever the rounding of logarithms.
    func value(at position: Double) -> Double {
      let (low, high) = (range.lowerBound, range.upperBound)
      if position <= 0 { return low }
      if position >= 1 { return high }
      let value = isLog ? exp(log(low) + (log(high) - log(low)) * position) : low + (high - low) * position
      return min(max(value, low), high)
    }
  }

  /// An ordinary trial that has the values of the exploration in all that was not explored.
  package struct Verification: Hashable, Sendable {
    package let trial: Int
    /// In the order of the axes.
    package let coordinates: [Double]
    package let measured: Aggregate
    /// The surface there; nil where the method learned none.
    package let learned: Survey.Value?
    /// Measured less learned, run by run: both have the same folds and seeds.
    package let off: Aggregate?
  }

  /// The number of the exploration's trial.
  package let trial: Int
  package let axes: [Axis]
  /// The dimensions that are not explored, with the values that the surface is for; in the order of the space.
  package let fixed: [JSONObject.Member]
  /// One for each scored run, by its index.
  package let runs: [Survey]
  /// The mean of the runs at each point, with the error that is explained at `joined`.
  package let surface: [Survey.Value]
  /// In the middle of the runs' optima in the space's own scale, as the search takes it.
  package let optimum: Survey.Value
  /// By number.
  package let verified: [Verification]
  let isMaximized: Bool
  private let names: ParameterNames
  private let interpolation: SurfaceInterpolation?

  /// - Parameters:
  ///   - record: The trial.
  ///   - trials: All of the study.
  /// - Returns: Nil for an ordinary trial, and for an exploration whose runs are not all done.
  package init?(
    _ record: TrialRecord, among trials: [TrialRecord], space: SearchSpace, objective: SweepConfiguration.Objective
  ) {
    guard let exploration = record.exploration, !exploration.isRelaxed, record.state == .done,
      let first = record.surveys.first
    else {
      return nil
    }
    let names = ParameterNames(space)
    let axes = exploration.sides.map { side in
      var isLog = false
      if case .float(_, log: true, _) = space[side.dimension]?.domain { isLog = side.range.lowerBound > 0 }
      return Axis(name: side.dimension, title: names.short(side.dimension), range: side.range, isLog: isLog)
    }
    let runs = record.surveys
    guard runs.allSatisfy({ $0.optimum.coordinates.count == axes.count }) else { return nil }
    trial = record.number
    self.names = names
    self.axes = axes
    self.runs = runs
    isMaximized = objective.goal == .maximize
    let explored = Set(axes.map(\.name))
    fixed = space.dimensions.compactMap { dimension in
      guard !explored.contains(dimension.name), let value = record.point[dimension.name] else { return nil }
      return JSONObject.Member(dimension.name, value)
    }
    let counts = runs.map(\.surface.count)
    surface = first.surface.prefix(counts.min() ?? 0).indices.map { index in Self.joined(runs.map { $0.surface[index] })
    }
    optimum = Self.middle(runs.map(\.optimum), axes)
    let own = runs.map { Self.interpolation($0.surface, axes, isMaximized: objective.goal == .maximize) }
    let together = Self.interpolation(surface, axes, isMaximized: objective.goal == .maximize)
    interpolation = together
    let learned = surface
    verified = trials.compactMap { other in
      guard other.exploration == nil, let measured = other.metrics[objective.metric] else { return nil }
      let isSame = space.dimensions.allSatisfy {
        explored.contains($0.name) || record.point[$0.name]?.canonical == other.point[$0.name]?.canonical
      }
      let coordinates = axes.compactMap { axis in
        other.point[axis.name]?.double.flatMap { axis.range.contains($0) ? $0 : nil }
      }
      guard isSame, coordinates.count == axes.count else { return nil }
      let place = zip(axes, coordinates).map { $0.position($1) }
      let values = other.scoredRuns.map { run -> Double? in
        if case .done(let metrics) = run.outcome { metrics[objective.metric] } else { nil }
      }
      let differences = zip(values, own).compactMap { value, surface -> Double? in
        guard let value, let surface else { return nil }
        return value - surface.value(at: place).mean
      }
      return Verification(
        trial: other.number, coordinates: coordinates, measured: measured,
        learned: together.map { Self.value($0, at: coordinates, axes, learned) },
        off: differences.isEmpty ? nil : Aggregate(of: differences))
    }
  }

  /// A short title of a dimension of the space.
  func title(of name: String) -> String { names.short(name) }

  /// The value of a dimension that is not explored; nil where it does not exist.
  func value(of name: String) -> JSONValue? { fixed.first { $0.key == name }?.value }

  /// How far the verified trials are off: the mean with its standard error over the trials, positive where they are above
  /// the surface; the root mean square; and the distance within which half of them are, which one trial far out in the
  /// region does not change. Nil where nothing was verified.
  package var off: (mean: Aggregate, rootMeanSquare: Double, median: Double)? {
    let differences = verified.compactMap(\.off?.mean)
    guard !differences.isEmpty else { return nil }
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    let distances = differences.map(abs).sorted()
    return (
      Aggregate(of: differences), (squares / Double(differences.count)).squareRoot(),
      distances[(distances.count - 1) / 2]
    )
  }

  /// One value of several runs at the same point: their mean, with its standard error over the runs and their own errors.
  private static func joined(_ values: [Survey.Value]) -> Survey.Value {
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + $1.mean } / count
    let own = values.compactMap(\.error)
    let spread = values.reduce(0) { $0 + ($1.mean - mean) * ($1.mean - mean) } / max(1, count - 1) / count
    let variance = own.reduce(0) { $0 + $1 * $1 } / Double(max(1, own.count)) + spread
    let isKnown = values.count > 1 || !own.isEmpty
    return Survey.Value(values[0].coordinates, mean: mean, error: isKnown ? variance.squareRoot() : nil)
  }

  private static func middle(_ values: [Survey.Value], _ axes: [Axis]) -> Survey.Value {
    var value = joined(values)
    value.coordinates = axes.indices.map { index in
      let sum = values.reduce(0) { $0 + axes[index].position($1.coordinates[index]) }
      return axes[index].value(at: sum / Double(values.count))
    }
    return value
  }
}

// MARK: Between the points

extension LearnedSurface {
  private static func interpolation(
    _ values: [Survey.Value], _ axes: [Axis], isMaximized: Bool
  ) -> SurfaceInterpolation? {
    guard !values.isEmpty else { return nil }
    return SurfaceInterpolation(
      points: values.map { value in zip(axes, value.coordinates).map { $0.position($1) } }, values: values.map(\.mean),
      isMaximized: isMaximized)
  }

  /// The interpolated value, whose error has what the points around are off, the nearest the most.
  private static func value(
    _ interpolation: SurfaceInterpolation, at coordinates: [Double], _ axes: [Axis], _ surface: [Survey.Value]
  ) -> Survey.Value {
    let place = zip(axes, coordinates).map { $0.position($1) }
    let (mean, deviation) = interpolation.value(at: place)
    var (sum, total) = (0.0, 0.0)
    for value in surface {
      guard let error = value.error else { continue }
      let square = zip(zip(axes, value.coordinates), place).reduce(0) { sum, term in
        let difference = term.0.0.position(term.0.1) - term.1
        return sum + difference * difference
      }
      let weight = 1 / (square * square + 1e-12)
      sum += weight * error * error
      total += weight
    }
    let own = total > 0 ? sum / total : 0
    return Survey.Value(coordinates, mean: mean, error: (own + deviation * deviation).squareRoot())
  }

  /// The surface at any point of the region; nil where the method learned none.
  package func value(at coordinates: [Double]) -> Survey.Value? {
    interpolation.map { Self.value($0, at: coordinates, axes, surface) }
  }

  /// The surface along one axis, by rising values. Of one axis its own points; of several, `count` points of the
  /// interpolation on the line through the optimum.
  package func slice(along axis: Int, count: Int = 25) -> [Survey.Value] {
    guard !surface.isEmpty else { return [] }
    if axes.count == 1 { return surface.sorted { $0.coordinates[0] < $1.coordinates[0] } }
    return (0..<count).compactMap { index in
      var coordinates = optimum.coordinates
      coordinates[axis] = axes[axis].value(at: Double(index) / Double(count - 1))
      return value(at: coordinates)
    }
  }

  /// The range of values that is worth a picture: from the best to as much worse as so many times the median of the surface.
  /// What is worse still, far out in the region, would leave no room for the rest.
  func shownValues(medians: Double = 4) -> ClosedRange<Double> {
    func isBetter(_ a: Double, _ b: Double) -> Bool { isMaximized ? a > b : a < b }
    let learned = (surface.isEmpty ? runs.flatMap(\.path) : surface).map(\.mean).sorted(by: isBetter)
    let all = (learned + verified.map(\.measured.mean) + [optimum.mean]).sorted(by: isBetter)
    let best = all[0]
    let middle = learned.isEmpty ? .infinity : abs(learned[learned.count / 2] - best)
    let worst = max(min(abs(all[all.count - 1] - best), medians * middle), 1e-9 * max(1, abs(best)))
    let margin = 0.08 * worst
    return isMaximized ? best - worst - margin...best + margin : best - margin...best + worst + margin
  }
}
