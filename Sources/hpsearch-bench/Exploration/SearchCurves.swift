import Foundation
import StudyModel

/// The best score against training steps of some strategies on one problem. The first strategy sets the target, for each
/// seed its own.
struct SearchCurves {
  struct Strategy {
    var name: String
    /// Of each seed.
    var courses: [ExploringSearch.Course]

    /// The best after so many steps: the median over the seeds with the lowest and the highest; nil before every seed has
    /// one, and more steps than a seed has taken are as many as it has.
    func best(after steps: Int) -> (median: Double, range: ClosedRange<Double>)? {
      let values = courses.compactMap { $0.best(after: steps) }.sorted()
      guard values.count == courses.count, let low = values.first, let high = values.last else { return nil }
      return (values.median, low...high)
    }

    var steps: Double { courses.map { Double($0.steps) }.median }
  }

  var name: String
  var metric: String
  var goal: SweepConfiguration.Objective.Goal
  var strategies: [Strategy]

  /// The best of each seed's search by the first strategy.
  var targets: [Double] { strategies.first?.courses.map { $0.best ?? .nan } ?? [] }

  /// Steps until the target over those of the whole search that set it, of each seed; infinite where it was not reached.
  func ratios(_ strategy: Strategy) -> [Double] {
    zip(strategy.courses, zip(targets, strategies[0].courses)).map { course, reference in
      course.steps(until: reference.0, goal).map { Double($0) / Double(reference.1.steps) } ?? .infinity
    }
  }

  // MARK: The table

  /// Medians over the seeds: what each strategy has after parts of the first one's steps, and when it reached the target.
  var table: String {
    let count = strategies.first?.courses.count ?? 0
    var lines = ["\(name): best \(metric), medians of \(count) seeds; the target is the best of \(strategies[0].name)"]
    let whole = strategies[0].steps
    var rows = [["steps", "part"] + strategies.map(\.name)]
    for part in [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.25, 0.5, 1] {
      let steps = Int((part * whole).rounded())
      let values = strategies.map { strategy in
        strategy.best(after: steps).map { Self.number($0.median) } ?? "-"
      }
      rows.append(["\(steps)", String(format: "%.0f %%", 100 * part)] + values)
    }
    lines += Self.aligned(rows)
    var ends = [["", "best [lowest, highest]", "all steps", "steps to target", "part", "reached", "CPU s"]]
    for strategy in strategies {
      let ratios = ratios(strategy)
      let reached = ratios.filter(\.isFinite)
      let end = strategy.best(after: .max)
      let own = zip(strategy.courses, targets).map { course, target in
        course.steps(until: target, goal).map(Double.init) ?? .infinity
      }
      ends.append([
        strategy.name,
        end.map {
          "\(Self.number($0.median)) [\(Self.number($0.range.lowerBound)), \(Self.number($0.range.upperBound))]"
        } ?? "-", "\(Int(strategy.steps))", Self.middle(own).map { "\(Int($0))" } ?? "not reached",
        Self.middle(ratios).map { String(format: "%.1f %%", 100 * $0) } ?? "-", "\(reached.count) of \(ratios.count)",
        String(format: "%.1f", strategy.courses.map(\.seconds).median),
      ])
    }
    return (lines + [""] + Self.aligned(ends) + [""]).joined(separator: "\n")
  }

  /// The median of values some of which are infinite; nil where it is.
  private static func middle(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    // Not by interpolation, where 0 times infinity is no number.
    let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    return middle.isFinite ? middle : nil
  }

  static func number(_ value: Double) -> String {
    String(format: abs(value) >= 100 ? "%.1f" : "%.4f", value)
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
  }
}
