import Foundation

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
    let (width, height) = (Int(Self.size.width), Int(Self.size.height))
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"14\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"white\"/>",
      text(title, at: (0.5 * (Self.frame.left + Self.frame.right), 28), size: 16),
    ]
    lines += axes
    lines += marks.map {
      line((place($0.x, yRange.lowerBound)), place($0.x, yRange.upperBound), $0.color, dashes: "2 4")
    }
    lines += curves.map(drawn)
    lines += legend
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  // MARK: Scales

  private var xRange: ClosedRange<Double> { Self.range(curves.flatMap { $0.points.map(\.x) }, margin: 0) }
  private var yRange: ClosedRange<Double> { Self.range(curves.flatMap { $0.points.map(\.y) }, margin: 0.05) }

  private static func range(_ values: [Double], margin: Double) -> ClosedRange<Double> {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return 0...1 }
    return (low - margin * (high - low))...(high + margin * (high - low))
  }

  private func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let (xRange, yRange) = (xRange, yRange)
    let (frame, right) = (Self.frame, (x - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound))
    let up = (y - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
    return (frame.left + right * (frame.right - frame.left), frame.bottom - up * (frame.bottom - frame.top))
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

  private var axes: [String] {
    let frame = Self.frame
    var lines = [
      "<rect x=\"\(frame.left)\" y=\"\(frame.top)\" width=\"\(frame.right - frame.left)\" "
        + "height=\"\(frame.bottom - frame.top)\" fill=\"none\" stroke=\"black\"/>"
    ]
    for tick in Self.ticks(xRange) {
      let at = place(tick, yRange.lowerBound)
      lines.append(line(at, (at.x, at.y + 6), "black"))
      lines.append(text(Self.number(tick), at: (at.x, at.y + 22)))
    }
    for tick in Self.ticks(yRange) {
      let at = place(xRange.lowerBound, tick)
      lines.append(line((at.x - 6, at.y), at, "black"))
      lines.append(text(Self.number(tick), at: (at.x - 10, at.y + 5), anchor: "end"))
    }
    lines.append(text(x, at: (0.5 * (frame.left + frame.right), frame.bottom + 50)))
    let middle = 0.5 * (frame.top + frame.bottom)
    lines.append("<g transform=\"rotate(-90 22 \(middle))\">\(text(y, at: (22, middle)))</g>")
    return lines
  }

  private func drawn(_ curve: Curve) -> String {
    let places = curve.points.filter { $0.y.isFinite }.map { place($0.x, $0.y) }
    if curve.style == .crosses { return places.map { cross($0, curve.color) }.joined(separator: "\n") }
    let points = places.map { "\(Self.coordinate($0.x)),\(Self.coordinate($0.y))" }.joined(separator: " ")
    let dashes = curve.style == .dashes ? " stroke-dasharray=\"8 5\"" : ""
    return "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(curve.color)\" stroke-width=\"2\"\(dashes)/>"
  }

  private var legend: [String] {
    let left = Self.frame.left + 16
    let entries = curves.map { ($0.name, $0.color, Optional($0.style)) } + marks.map { ($0.name, $0.color, nil) }
    return entries.enumerated().flatMap { index, entry in
      let y = Self.frame.top + 22 + 20 * Double(index)
      let sample =
        switch entry.2 {
        case .crosses: cross((left + 14, y), entry.1)
        case .line: line((left, y), (left + 28, y), entry.1, width: 2)
        case .dashes: line((left, y), (left + 28, y), entry.1, width: 2, dashes: "8 5")
        case nil: line((left, y), (left + 28, y), entry.1, dashes: "2 4")
        }
      return [sample, text(entry.0, at: (left + 38, y + 5), anchor: "start")]
    }
  }

  private func cross(_ at: (x: Double, y: Double), _ color: String) -> String {
    line((at.x - 6, at.y - 6), (at.x + 6, at.y + 6), color, width: 2)
      + line((at.x - 6, at.y + 6), (at.x + 6, at.y - 6), color, width: 2)
  }

  private func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ color: String, width: Double = 1,
    dashes: String? = nil
  ) -> String {
    let pattern = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    let ends = zip(["x1", "y1", "x2", "y2"], [from.x, from.y, to.x, to.y]).map { "\($0)=\"\(Self.coordinate($1))\"" }
    return "<line \(ends.joined(separator: " ")) stroke=\"\(color)\" stroke-width=\"\(width)\"\(pattern)/>"
  }

  private func text(
    _ content: String, at place: (x: Double, y: Double), anchor: String = "middle", size: Int = 14
  ) -> String {
    let escaped = content.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    return "<text x=\"\(Self.coordinate(place.x))\" y=\"\(Self.coordinate(place.y))\" text-anchor=\"\(anchor)\" "
      + "font-size=\"\(size)\">\(escaped)</text>"
  }

  private static func coordinate(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func number(_ value: Double) -> String { String(format: "%.10g", (value * 1e9).rounded() / 1e9) }
}
