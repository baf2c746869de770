import Foundation
import Reports
import StudyModel

/// Best score against training steps as a picture, a panel for each problem: the median over the seeds as a line, between
/// the lowest and the highest. A dashed line is the target, a dotted one a tenth of the first strategy's steps.
struct CurvePicture {
  private static let colors = ["#777777", "#1b6ca8", "#c8442c", "#3a8f4d"]
  private static let (width, height) = (420.0, 340.0)
  private static let (left, right, top, bottom) = (74.0, 14.0, 34.0, 48.0)

  private let panels: [SearchCurves]

  init(_ panels: [SearchCurves]) { self.panels = panels }

  var svg: String {
    var document = SVGDocument(
      width: Self.width * Double(max(1, panels.count)), height: Self.height + 30, font: "sans-serif", ink: "black")
    for (index, panel) in panels.enumerated() { Self.draw(panel, at: Double(index) * Self.width, &document) }
    var x = 20.0
    for (index, strategy) in (panels.first?.strategies ?? []).enumerated() {
      let y = Self.height + 12
      document.line((x, y), (x + 22, y), Self.color(index), width: 2.5)
      document.text(strategy.name, x + 28, y + 4)
      x += 46 + 6.4 * Double(strategy.name.count)
    }
    return document.text
  }

  private static func color(_ index: Int) -> String { colors[index % colors.count] }

  /// The places of a panel: steps on a logarithmic axis, scores on a linear one.
  private typealias Axes = (steps: PlotScale, scores: PlotScale)

  private static func draw(_ panel: SearchCurves, at offset: Double, _ document: inout SVGDocument) {
    let (l, r, b) = (offset + left, offset + width - right, height - bottom)
    let axes = axes(of: panel, from: l, to: r)
    document.text(panel.name, (l + r) / 2, top - 12, size: 14, anchor: .middle)
    document.text("training steps", (l + r) / 2, height - 12, anchor: .middle)
    document.text("best \(panel.metric)", l, top - 12)
    for tick in ticks(axes.scores.range) {
      let y = axes.scores.pixel(tick)
      document.line((l, y), (r, y), "#e4e4e4")
      document.text(label(tick, axes.scores.range), l - 6, y + 4, anchor: .end)
    }
    for tick in stepTicks(axes.steps.range) {
      let x = axes.steps.pixel(tick)
      document.line((x, top), (x, b), "#e4e4e4")
      document.text(stepLabel(tick), x, b + 16, anchor: .middle)
    }
    document.clipped(l, top, r - l, b - top) { document in
      let target = axes.scores.pixel(panel.targets.median)
      let tenth = axes.steps.pixel(panel.strategies[0].steps / 10)
      document.line((l, target), (r, target), "#222222", dashes: "6 4")
      document.line((tenth, top), (tenth, b), "#222222", dashes: "2 3")
      for (index, strategy) in panel.strategies.enumerated() { curve(strategy, axes, color(index), &document) }
    }
    document.rectangle(l, top, r - l, b - top, fill: "none", stroke: "#444444")
  }

  /// From the first score that a strategy has to the best of all; what is far below what is had after a few trials is cut
  /// off.
  private static func axes(of panel: SearchCurves, from left: Double, to right: Double) -> Axes {
    let ends = panel.strategies.flatMap(\.courses)
    let first = panel.strategies.map { strategy in
      Double(strategy.courses.compactMap { $0.entries.first { $0.best != nil }?.steps }.max() ?? 1)
    }
    let steps = max(1, 0.8 * (first.min() ?? 1))...max(10, 1.1 * (ends.map { Double($0.steps) }.max() ?? 10))
    let bests = ends.compactMap(\.best)
    let early = panel.strategies.compactMap { $0.best(after: Int($0.steps / 20)) ?? $0.best(after: .max) }
    let values = bests + early.map(\.median)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let margin = max(0.06 * (high - low), 1e-9)
    return (
      PlotScale(steps, isLog: true, pixels: (left, right)),
      PlotScale((low - margin)...(high + margin), pixels: (height - bottom, top))
    )
  }

  private static func curve(
    _ strategy: SearchCurves.Strategy, _ axes: Axes, _ color: String, _ document: inout SVGDocument
  ) {
    let places = Set(strategy.courses.flatMap { $0.entries.map(\.steps) }).sorted()
    let known = places.compactMap { place in strategy.best(after: place).map { (Double(place), $0) } }
    guard let last = known.last else { return }
    /// A staircase: a score holds until the next one.
    func stairs(_ value: ((median: Double, range: ClosedRange<Double>)) -> Double) -> [(Double, Double)] {
      var points: [(Double, Double)] = []
      for (steps, best) in known {
        if let before = points.last { points.append((axes.steps.pixel(steps), before.1)) }
        points.append((axes.steps.pixel(steps), axes.scores.pixel(value(best))))
      }
      points.append((axes.steps.pixel(last.0), axes.scores.pixel(value(last.1))))
      return points
    }
    let band = stairs(\.range.lowerBound) + stairs(\.range.upperBound).reversed()
    document.polygon(band, fill: color, opacity: 0.15)
    document.polyline(stairs(\.median), color, width: 2)
  }

  // MARK: Ticks

  /// Round numbers, four to eight of them.
  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let rough = (range.upperBound - range.lowerBound) / 5
    let power = pow(10, log10(rough).rounded(.down))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10)
    return Array(stride(from: (range.lowerBound / step).rounded(.up) * step, through: range.upperBound, by: step))
  }

  /// Powers of ten, with 2 and 5 times them where there are few.
  private static func stepTicks(_ range: ClosedRange<Double>) -> [Double] {
    let powers = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.down))
    let factors: [Double] = powers.count > 3 ? [1] : [1, 2, 5]
    return powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }.filter(range.contains)
  }

  private static func stepLabel(_ value: Double) -> String {
    value >= 1e6
      ? String(format: "%.0fM", value / 1e6)
      : String(format: value >= 1000 ? "%.0fk" : "%.0f", value >= 1000 ? value / 1000 : value)
  }

  private static func label(_ value: Double, _ range: ClosedRange<Double>) -> String {
    let width = range.upperBound - range.lowerBound
    return String(format: width > 5 ? "%.0f" : width > 0.5 ? "%.1f" : width > 0.05 ? "%.2f" : "%.3f", value)
  }
}
