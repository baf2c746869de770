import StudyModel

/// The explorations of a study as one picture: for each a panel per explored dimension and a plane per pair of them.
package struct SurfacePlot {
  /// Further dimensions of one exploration have no panels: eight have 28 planes already.
  static let mostAxes = 8
  static let panelWidth = 380.0
  static let panelHeight = 310.0
  private static let margin = 24.0
  private static let mostColumns = 3
  private static let sectionHeight = 40.0
  private static let titleHeight = 66.0

  private let report: SurfaceReport

  package init(_ report: SurfaceReport) {
    self.report = report
  }

  /// The SVG file.
  package var svg: String {
    let counts = report.surfaces.map { Self.panels($0).count }
    let columns = min(Self.mostColumns, max(counts.max() ?? 1, 2))
    let rows = counts.map { ($0 + columns - 1) / columns }
    let height = rows.reduce(0) { $0 + Double($1) * Self.panelHeight + Self.sectionHeight }
    var document = SVGDocument(
      width: 2 * Self.margin + Double(columns) * Self.panelWidth, height: Self.titleHeight + height + Self.margin / 2)
    let title = "\(report.study): \(report.metric) as it was learned, and verified"
    document.text(title, Self.margin, 30, size: 18, bold: true)
    legend(&document, y: 52)
    var top = Self.titleHeight
    for (surface, rows) in zip(report.surfaces, rows) {
      section(&document, surface, top)
      for (index, panel) in Self.panels(surface).enumerated() {
        let x = Self.margin + Double(index % columns) * Self.panelWidth
        let y = top + Self.sectionHeight + Double(index / columns) * Self.panelHeight
        switch panel {
        case .slice(let axis): SlicePanel(surface, axis, report.metric, x: x, y: y).draw(&document)
        case .plane(let first, let second): PlanePanel(surface, first, second, x: x, y: y).draw(&document)
        }
      }
      top += Self.sectionHeight + Double(rows) * Self.panelHeight
    }
    return document.text
  }

  private enum Panel {
    case slice(Int)
    case plane(Int, Int)
  }

  private static func panels(_ surface: LearnedSurface) -> [Panel] {
    let axes = 0..<min(surface.axes.count, mostAxes)
    var panels = axes.map(Panel.slice)
    for first in axes { for second in axes where second > first { panels.append(.plane(first, second)) } }
    return panels
  }

  private func section(_ document: inout SVGDocument, _ surface: LearnedSurface, _ top: Double) {
    var text = "Trial \(surface.trial)"
    let fixed = surface.fixed.map { "\(surface.title(of: $0.key)) \(Reports.text(of: $0.value))" }
    if !fixed.isEmpty { text += ": \(fixed.joined(separator: ", "))" }
    document.line(
      (Self.margin, top + 6), (document.width - Self.margin, top + 6), PlotColor.grid)
    document.text(truncated(text, to: Int(document.width / 8)), Self.margin, top + 28, size: 14, bold: true)
    guard surface.axes.count > Self.mostAxes else { return }
    let note = "the first \(Self.mostAxes) of \(surface.axes.count) explored dimensions"
    document.text(note, document.width - Self.margin, top + 28, anchor: .end, color: PlotColor.text)
  }

  private func legend(_ document: inout SVGDocument, y: Double) {
    var x = Self.margin
    func entry(_ name: String, _ width: Double, _ draw: (inout SVGDocument, Double, Double) -> Void) {
      draw(&document, x, y - 4)
      document.text(name, x + 28, y, color: PlotColor.text)
      x += width
    }
    entry("learned, with its error", 176) { document, x, y in
      document.polygon(
        [(x, y - 6), (x + 22, y - 6), (x + 22, y + 6), (x, y + 6)], fill: PlotColor.learned, opacity: 0.2)
      document.line((x, y), (x + 22, y), PlotColor.learned, width: 2)
    }
    entry("verified, ± standard error", 194) { document, x, y in PlotMark.verified(&document, (x + 11, y), 6, nil) }
    entry("predicted best", 126) { document, x, y in PlotMark.star(&document, (x + 11, y)) }
    entry("path of the search", 140) { document, x, y in
      document.line((x + 2, y), (x + 20, y), PlotColor.path, width: 1.5)
      document.circle((x + 20, y), 2, fill: PlotColor.path)
    }
    guard report.surfaces.contains(where: { $0.axes.count > 1 }) else { return }
    entry("learned at the trial's own point", 220) { document, x, y in
      document.circle((x + 14, y), 3, fill: "white", stroke: PlotColor.learned)
    }
    entry("a point of the surface", 160) { document, x, y in
      document.circle((x + 14, y), 2, fill: PlotColor.learned, opacity: 0.35)
    }
  }
}

/// The colours that are no values.
enum PlotColor {
  static let learned = "#1f5fa8"
  static let verified = "#d0440c"
  static let path = "#444444"
  static let grid = "#dddddd"
  static let frame = "#888888"
  static let text = "#444444"
}

/// The signs at points of a plot.
enum PlotMark {
  /// A lozenge, with a bar of half the height `error` where there is one.
  static func verified(
    _ document: inout SVGDocument, _ place: (Double, Double), _ error: Double?, _ fill: String?
  ) {
    if let error {
      document.line((place.0, place.1 - error), (place.0, place.1 + error), PlotColor.verified, width: 1.2)
    }
    document.polygon(
      lozenge(place, 4.5), fill: fill ?? PlotColor.verified, stroke: fill == nil ? "white" : PlotColor.verified)
  }

  static func star(_ document: inout SVGDocument, _ place: (Double, Double)) {
    // The corners of a five-pointed star of radius 7, the inner ones at 3.
    let corners: [(Double, Double)] = [
      (0, -7), (1.76, -2.43), (6.66, -2.16), (2.85, 0.93), (4.11, 5.66), (0, 3), (-4.11, 5.66), (-2.85, 0.93),
      (-6.66, -2.16), (-1.76, -2.43),
    ]
    document.polygon(
      corners.map { (place.0 + $0.0, place.1 + $0.1) }, fill: "#ffffff", stroke: "#111111")
  }

  private static func lozenge(_ place: (Double, Double), _ radius: Double) -> [(Double, Double)] {
    [
      (place.0, place.1 - radius), (place.0 + radius, place.1), (place.0, place.1 + radius),
      (place.0 - radius, place.1),
    ]
  }
}
