import Foundation
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
    let width = Self.width * Double(max(1, panels.count))
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(Self.height + 30))" \
      font-family="sans-serif" font-size="12">
      """, "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for (index, panel) in panels.enumerated() { lines += Self.lines(of: panel, index: index) }
    var x = 20.0
    for (index, strategy) in (panels.first?.strategies ?? []).enumerated() {
      let y = Self.height + 12
      lines.append(Self.line((x, y), (x + 22, y), Self.color(index), "stroke-width=\"2.5\""))
      lines.append(Self.text(strategy.name, x + 28, y + 4))
      x += 46 + 6.4 * Double(strategy.name.count)
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private static func color(_ index: Int) -> String { colors[index % colors.count] }

  /// The places of a panel: steps on a logarithmic axis, scores on a linear one.
  private struct Axes {
    var steps: ClosedRange<Double>
    var scores: ClosedRange<Double>
    var offset: Double

    func x(_ value: Double) -> Double {
      let part = log(value / steps.lowerBound) / log(steps.upperBound / steps.lowerBound)
      return offset + left + part * (width - left - right)
    }

    func y(_ value: Double) -> Double {
      let part = (value - scores.lowerBound) / (scores.upperBound - scores.lowerBound)
      return height - bottom - part * (height - top - bottom)
    }
  }

  private static func lines(of panel: SearchCurves, index: Int) -> [String] {
    let axes = axes(of: panel, offset: Double(index) * width)
    let (l, r) = (axes.offset + left, axes.offset + width - right)
    var lines = [
      "<clipPath id=\"panel\(index)\"><rect x=\"\(round(l))\" y=\"\(top)\" width=\"\(round(r - l))\" "
        + "height=\"\(height - top - bottom)\"/></clipPath>",
      text(panel.name, (l + r) / 2, top - 12, "text-anchor=\"middle\" font-size=\"14\""),
      text("training steps", (l + r) / 2, height - 12, "text-anchor=\"middle\""),
      text("best \(panel.metric)", l, top - 12),
    ]
    for tick in ticks(axes.scores) {
      lines.append(line((l, axes.y(tick)), (r, axes.y(tick)), "#e4e4e4"))
      lines.append(text(label(tick, axes.scores), l - 6, axes.y(tick) + 4, "text-anchor=\"end\""))
    }
    for tick in stepTicks(axes.steps) {
      lines.append(line((axes.x(tick), top), (axes.x(tick), height - bottom), "#e4e4e4"))
      lines.append(text(stepLabel(tick), axes.x(tick), height - bottom + 16, "text-anchor=\"middle\""))
    }
    lines.append("<g clip-path=\"url(#panel\(index))\">")
    let (target, tenth) = (axes.y(panel.targets.median), axes.x(panel.strategies[0].steps / 10))
    lines.append(line((l, target), (r, target), "#222222", "stroke-dasharray=\"6 4\""))
    lines.append(line((tenth, top), (tenth, height - bottom), "#222222", "stroke-dasharray=\"2 3\""))
    for (index, strategy) in panel.strategies.enumerated() { lines += curve(strategy, axes, color(index)) }
    lines.append("</g>")
    lines.append(
      "<rect x=\"\(round(l))\" y=\"\(top)\" width=\"\(round(r - l))\" height=\"\(height - top - bottom)\" fill=\"none\" "
        + "stroke=\"#444444\"/>")
    return lines
  }

  /// From the first score that a strategy has to the best of all; what is far below what is had after a few trials is cut
  /// off.
  private static func axes(of panel: SearchCurves, offset: Double) -> Axes {
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
    return Axes(steps: steps, scores: (low - margin)...(high + margin), offset: offset)
  }

  private static func curve(_ strategy: SearchCurves.Strategy, _ axes: Axes, _ color: String) -> [String] {
    let places = Set(strategy.courses.flatMap { $0.entries.map(\.steps) }).sorted()
    let known = places.compactMap { place in strategy.best(after: place).map { (Double(place), $0) } }
    guard let last = known.last else { return [] }
    /// A staircase: a score holds until the next one.
    func stairs(_ value: ((median: Double, range: ClosedRange<Double>)) -> Double) -> [(Double, Double)] {
      var points: [(Double, Double)] = []
      for (steps, best) in known {
        if let before = points.last { points.append((axes.x(steps), before.1)) }
        points.append((axes.x(steps), axes.y(value(best))))
      }
      points.append((axes.x(last.0), axes.y(value(last.1))))
      return points
    }
    let band = stairs(\.range.lowerBound) + stairs(\.range.upperBound).reversed()
    return [
      "<polygon points=\"\(joined(band))\" fill=\"\(color)\" fill-opacity=\"0.15\"/>",
      "<polyline points=\"\(joined(stairs(\.median)))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>",
    ]
  }

  // MARK: Elements

  private static func joined(_ points: [(Double, Double)]) -> String {
    points.map { "\(round($0.0)),\(round($0.1))" }.joined(separator: " ")
  }

  private static func round(_ value: Double) -> String { String(format: "%.1f", value) }

  private static func line(
    _ from: (Double, Double), _ to: (Double, Double), _ color: String, _ attributes: String = ""
  ) -> String {
    "<line x1=\"\(round(from.0))\" y1=\"\(round(from.1))\" x2=\"\(round(to.0))\" y2=\"\(round(to.1))\" "
      + "stroke=\"\(color)\" \(attributes)/>"
  }

  private static func text(_ text: String, _ x: Double, _ y: Double, _ attributes: String = "") -> String {
    let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    return "<text x=\"\(round(x))\" y=\"\(round(y))\" \(attributes)>\(escaped)</text>"
  }

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
