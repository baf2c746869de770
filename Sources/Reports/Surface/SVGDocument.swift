import Foundation

/// A picture in Scalable Vector Graphics 1.1: shapes and text in pixels, in the order in which they are drawn.
package struct SVGDocument {
  package enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private let font: String
  /// The colour of text.
  private let ink: String
  private var body = ""
  private var clips = 0

  package init(
    width: Double, height: Double, font: String = "Helvetica, Arial, 'Liberation Sans', sans-serif",
    ink: String = "#222"
  ) {
    self.width = width
    self.height = height
    self.font = font
    self.ink = ink
  }

  /// The file, with a white ground.
  package var text: String {
    let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    let view = "viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\""
    let font = "font-family=\"\(font)\""
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(view) \(font)>\n"
      + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\(body)</svg>\n"
  }

  // MARK: Shapes

  package mutating func line(
    _ from: (Double, Double), _ to: (Double, Double), _ color: String, width: Double = 1, opacity: Double = 1,
    dashes: String? = nil
  ) {
    let ends =
      "x1=\"\(Self.number(from.0))\" y1=\"\(Self.number(from.1))\" x2=\"\(Self.number(to.0))\" y2=\"\(Self.number(to.1))\""
    body += "<line \(ends) \(Self.stroke(color, width, opacity, dashes))/>\n"
  }

  package mutating func polyline(
    _ points: [(Double, Double)], _ color: String, width: Double, opacity: Double = 1, dashes: String? = nil
  ) {
    guard points.count > 1 else { return }
    let stroke = Self.stroke(color, width, opacity, dashes)
    body += "<polyline points=\"\(Self.list(points))\" fill=\"none\" \(stroke) stroke-linejoin=\"round\"/>\n"
  }

  package mutating func polygon(_ points: [(Double, Double)], fill: String, opacity: Double = 1, stroke: String? = nil)
  {
    guard points.count > 2 else { return }
    body += "<polygon points=\"\(Self.list(points))\" \(Self.fill(fill, opacity))"
    body += stroke.map { " stroke=\"\($0)\"" } ?? ""
    body += "/>\n"
  }

  package mutating func circle(
    _ center: (Double, Double), _ radius: Double, fill: String, opacity: Double = 1, stroke: String? = nil
  ) {
    body += "<circle cx=\"\(Self.number(center.0))\" cy=\"\(Self.number(center.1))\" r=\"\(Self.number(radius))\""
    body += " \(Self.fill(fill, opacity))\(stroke.map { " stroke=\"\($0)\"" } ?? "")/>\n"
  }

  package mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, stroke: String? = nil
  ) {
    body += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
    body += " height=\"\(Self.number(height))\" fill=\"\(fill)\"\(stroke.map { " stroke=\"\($0)\"" } ?? "")/>\n"
  }

  // MARK: Text

  /// - Parameter turned: Whether it is read upwards.
  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 12, anchor: Anchor = .start, color: String? = nil,
    bold: Bool = false, turned: Bool = false
  ) {
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    let turn = turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    let weight = bold ? " font-weight=\"bold\"" : ""
    body += "<text \(place)\(turn) font-size=\"\(Self.number(size))\" fill=\"\(color ?? ink)\""
    body += " text-anchor=\"\(anchor.rawValue)\"\(weight)>\(Self.escaped(text))</text>\n"
  }

  // MARK: Groups

  /// What is drawn inside shows in the rectangle alone.
  package mutating func clipped(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ draw: (inout SVGDocument) -> Void
  ) {
    clips += 1
    body += "<clipPath id=\"clip\(clips)\">"
    rectangle(x, y, width, height, fill: "white")
    body += "</clipPath>\n<g clip-path=\"url(#clip\(clips))\">\n"
    draw(&self)
    body += "</g>\n"
  }

  // MARK: Attributes

  /// Two decimals; what is far outside of the picture is cut, because some readers know only small numbers.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let bounded = min(max(value, -1e5), 1e5)
    return bounded == bounded.rounded() ? String(Int(bounded)) : String(format: "%.2f", bounded)
  }

  private static func list(_ points: [(Double, Double)]) -> String {
    points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
  }

  private static func stroke(_ color: String, _ width: Double, _ opacity: Double, _ dashes: String?) -> String {
    "stroke=\"\(color)\" stroke-width=\"\(number(width))\""
      + (opacity < 1 ? " stroke-opacity=\"\(number(opacity))\"" : "")
      + (dashes.map { " stroke-dasharray=\"\($0)\"" } ?? "")
  }

  private static func fill(_ color: String, _ opacity: Double) -> String {
    "fill=\"\(color)\"" + (opacity < 1 ? " fill-opacity=\"\(number(opacity))\"" : "")
  }

  static func escaped(_ text: String) -> String {
    printable(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
