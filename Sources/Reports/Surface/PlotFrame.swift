/// The frame of a panel: two axes with their labels, and what lies between them.
struct PlotFrame {
  typealias Axis = (name: String, range: ClosedRange<Double>, isLog: Bool)

  let left: Double
  let top: Double
  let right: Double
  let bottom: Double
  let horizontal: PlotScale
  let vertical: PlotScale
  private let horizontalName: String
  private let verticalName: String

  /// - Parameters:
  ///   - x, y: The panel's corner.
  ///   - right: Room at the right of the frame.
  init(x: Double, y: Double, right: Double, horizontal: Axis, vertical: Axis) {
    left = x + 66
    top = y + 10
    self.right = x + SurfacePlot.panelWidth - right
    bottom = y + SurfacePlot.panelHeight - 56
    self.horizontal = PlotScale(horizontal.range, isLog: horizontal.isLog, pixels: (left, self.right))
    self.vertical = PlotScale(vertical.range, isLog: vertical.isLog, pixels: (bottom, top))
    horizontalName = horizontal.name
    verticalName = vertical.name
  }

  func drawGrid(_ document: inout SVGDocument) {
    for tick in horizontal.ticks {
      document.line((horizontal.pixel(tick), top), (horizontal.pixel(tick), bottom), PlotColor.grid)
    }
    for tick in vertical.ticks {
      document.line((left, vertical.pixel(tick)), (right, vertical.pixel(tick)), PlotColor.grid)
    }
  }

  func clipped(_ document: inout SVGDocument, _ draw: (inout SVGDocument) -> Void) {
    document.clipped(left, top, right - left, bottom - top, draw)
  }

  func drawLabels(_ document: inout SVGDocument) {
    document.rectangle(left, top, right - left, bottom - top, fill: "none", stroke: PlotColor.frame)
    for tick in horizontal.ticks {
      let x = horizontal.pixel(tick)
      document.line((x, bottom), (x, bottom + 4), PlotColor.frame)
      document.text(PlotScale.label(tick), x, bottom + 17, size: 11, anchor: .middle, color: PlotColor.text)
    }
    for tick in vertical.ticks {
      let y = vertical.pixel(tick)
      document.line((left - 4, y), (left, y), PlotColor.frame)
      document.text(PlotScale.label(tick), left - 7, y + 4, size: 11, anchor: .end, color: PlotColor.text)
    }
    document.text(name(horizontalName, 48), (left + right) / 2, bottom + 36, anchor: .middle)
    document.text(name(verticalName, 36), left - 48, (top + bottom) / 2, anchor: .middle, turned: true)
  }

  /// The end of a long name says more than its beginning.
  private func name(_ name: String, _ width: Int) -> String {
    name.count <= width ? name : "…\(name.suffix(width - 1))"
  }
}
