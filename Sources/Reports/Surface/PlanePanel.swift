import StudyModel

/// The surface over two dimensions by colour, the others at the predicted best: the interpolation as the ground, the
/// surface's own points and the verified trials on it, and the way of the search.
struct PlanePanel {
  private static let cells = 28

  private let surface: LearnedSurface
  private let first: Int
  private let second: Int
  private let frame: PlotFrame
  private let shown: ClosedRange<Double>

  init(_ surface: LearnedSurface, _ first: Int, _ second: Int, x: Double, y: Double) {
    self.surface = surface
    self.first = first
    self.second = second
    shown = surface.shownValues(medians: 2.5)
    let (a, b) = (surface.axes[first], surface.axes[second])
    frame = PlotFrame(
      x: x, y: y, right: 72, horizontal: (a.name, a.range, a.isLog), vertical: (b.name, b.range, b.isLog))
  }

  func draw(_ document: inout SVGDocument) {
    frame.clipped(&document) { document in
      ground(&document)
      for value in surface.surface {
        document.circle(place(value.coordinates), 4, fill: color(value.mean), stroke: "white")
      }
      path(&document)
    }
    frame.drawLabels(&document)
    PlotMark.star(&document, place(surface.optimum.coordinates))
    for trial in surface.verified {
      PlotMark.verified(&document, place(trial.coordinates), nil, color(trial.measured.mean))
    }
    colors(&document)
  }

  private func place(_ coordinates: [Double]) -> (Double, Double) {
    (frame.horizontal.pixel(coordinates[first]), frame.vertical.pixel(coordinates[second]))
  }

  /// The best is the lightest.
  private func color(_ value: Double) -> String {
    let share = (value - shown.lowerBound) / (shown.upperBound - shown.lowerBound)
    return ColorRamp.color(surface.isMaximized ? share : 1 - share)
  }

  private func ground(_ document: inout SVGDocument) {
    let count = Double(Self.cells)
    let (width, height) = ((frame.right - frame.left) / count, (frame.bottom - frame.top) / count)
    for row in 0..<Self.cells {
      for column in 0..<Self.cells {
        var coordinates = surface.optimum.coordinates
        coordinates[first] = surface.axes[first].value(at: (Double(column) + 0.5) / count)
        coordinates[second] = surface.axes[second].value(at: (Double(row) + 0.5) / count)
        guard let value = surface.value(at: coordinates) else { return }
        // A little larger than the cell: readers leave gaps between neighbours.
        document.rectangle(
          frame.left + Double(column) * width, frame.bottom - Double(row + 1) * height, width + 0.6, height + 0.6,
          fill: color(value.mean))
      }
    }
  }

  private func path(_ document: inout SVGDocument) {
    for run in surface.runs where run.path.count > 1 {
      let points = run.path.map { place($0.coordinates) }
      document.polyline(points, "white", width: 3.5, opacity: 0.8)
      document.polyline(points, PlotColor.path, width: 1.5)
      document.circle(points[0], 3, fill: "white", stroke: PlotColor.path)
    }
  }

  /// The bar that says which value has which colour.
  private func colors(_ document: inout SVGDocument) {
    let x = frame.right + 14
    let scale = PlotScale(shown, pixels: (frame.bottom, frame.top))
    let steps = 40
    let height = (frame.bottom - frame.top) / Double(steps)
    for step in 0..<steps {
      let value = shown.lowerBound + (shown.upperBound - shown.lowerBound) * (Double(step) + 0.5) / Double(steps)
      document.rectangle(x, frame.bottom - Double(step + 1) * height, 12, height + 0.6, fill: color(value))
    }
    document.rectangle(x, frame.top, 12, frame.bottom - frame.top, fill: "none", stroke: PlotColor.frame)
    for tick in scale.ticks {
      let y = scale.pixel(tick)
      document.line((x + 12, y), (x + 15, y), PlotColor.frame)
      document.text(PlotScale.label(tick), x + 18, y + 4, size: 11, color: PlotColor.text)
    }
  }
}
