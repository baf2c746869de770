import Foundation
import Reports

/// Curves over one axis as an SVG picture, with axes, ticks and a legend.
struct CurvePlot {
  struct Curve {
    enum Style { case line, dashes, crosses }

    var name: String
    var color: String
    var style: Style
    var points: [(x: Double, y: Double)]
  }

  /// A vertical line.
  struct Mark {
    var name: String
    var color: String
    var x: Double
  }

  var title: String
  var x: String
  var y: String
  var curves: [Curve]
  var marks: [Mark] = []

  private static let size = (width: 720.0, height: 480.0)
  private static let frame = (left: 80.0, right: 700.0, top: 50.0, bottom: 415.0)

  var svg: String {
    var document = SVGDocument(width: Self.size.width, height: Self.size.height, font: "sans-serif", ink: "black")
    document.text(title, 0.5 * (Self.frame.left + Self.frame.right), 28, size: 16, anchor: .middle)
    let (horizontal, vertical) = (horizontal, vertical)
    drawAxes(horizontal, vertical, &document)
    for mark in marks {
      let x = horizontal.pixel(mark.x)
      document.line((x, Self.frame.bottom), (x, Self.frame.top), mark.color, dashes: "2 4")
    }
    for curve in curves {
      let places = curve.points.filter { $0.y.isFinite }.map { (horizontal.pixel($0.x), vertical.pixel($0.y)) }
      draw(places, curve.style, curve.color, &document)
    }
    drawLegend(&document)
    return document.text
  }

  // MARK: Scales

  private var horizontal: PlotScale {
    PlotScale(
      Self.range(curves.flatMap { $0.points.map(\.x) }, margin: 0), pixels: (Self.frame.left, Self.frame.right))
  }

  private var vertical: PlotScale {
    PlotScale(
      Self.range(curves.flatMap { $0.points.map(\.y) }, margin: 0.05), pixels: (Self.frame.bottom, Self.frame.top))
  }

  private static func range(_ values: [Double], margin: Double) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return 0...1 }
    return (low - margin * (high - low))...(high + margin * (high - low))
  }

  /// Round numbers, about five of them.
  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let width = range.upperBound - range.lowerBound
    let power = pow(10, floor(log10(width / 5)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { width / $0 <= 7 } ?? width
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  // MARK: Elements

  private func drawAxes(_ horizontal: PlotScale, _ vertical: PlotScale, _ document: inout SVGDocument) {
    let frame = Self.frame
    document.rectangle(
      frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top, fill: "none", stroke: "black")
    for tick in Self.ticks(horizontal.range) {
      let x = horizontal.pixel(tick)
      document.line((x, frame.bottom), (x, frame.bottom + 6), "black")
      document.text(Self.number(tick), x, frame.bottom + 22, size: 14, anchor: .middle)
    }
    for tick in Self.ticks(vertical.range) {
      let y = vertical.pixel(tick)
      document.line((frame.left - 6, y), (frame.left, y), "black")
      document.text(Self.number(tick), frame.left - 10, y + 5, size: 14, anchor: .end)
    }
    document.text(x, 0.5 * (frame.left + frame.right), frame.bottom + 50, size: 14, anchor: .middle)
    document.text(y, 22, 0.5 * (frame.top + frame.bottom), size: 14, anchor: .middle, turned: true)
  }

  private func draw(
    _ places: [(Double, Double)], _ style: Curve.Style, _ color: String, _ document: inout SVGDocument
  ) {
    switch style {
    case .line: document.polyline(places, color, width: 2)
    case .dashes: document.polyline(places, color, width: 2, dashes: "8 5")
    case .crosses: for place in places { Self.cross(place, color, &document) }
    }
  }

  private func drawLegend(_ document: inout SVGDocument) {
    let left = Self.frame.left + 16
    let entries = curves.map { ($0.name, $0.color, Optional($0.style)) } + marks.map { ($0.name, $0.color, nil) }
    for (index, (name, color, style)) in entries.enumerated() {
      let y = Self.frame.top + 22 + 20 * Double(index)
      switch style {
      case .crosses: Self.cross((left + 14, y), color, &document)
      case .line: document.line((left, y), (left + 28, y), color, width: 2)
      case .dashes: document.line((left, y), (left + 28, y), color, width: 2, dashes: "8 5")
      case nil: document.line((left, y), (left + 28, y), color, dashes: "2 4")
      }
      document.text(name, left + 38, y + 5, size: 14)
    }
  }

  private static func cross(_ at: (x: Double, y: Double), _ color: String, _ document: inout SVGDocument) {
    document.line((at.x - 6, at.y - 6), (at.x + 6, at.y + 6), color, width: 2)
    document.line((at.x - 6, at.y + 6), (at.x + 6, at.y - 6), color, width: 2)
  }

  private static func number(_ value: Double) -> String { String(format: "%.10g", (value * 1e9).rounded() / 1e9) }
}
