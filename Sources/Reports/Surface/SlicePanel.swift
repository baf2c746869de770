import StudyModel

/// The surface along one dimension with the verified trials, and the values that the search went through as ticks below.
struct SlicePanel {
  private let surface: LearnedSurface
  private let axis: Int
  private let metric: String
  private let frame: PlotFrame

  init(_ surface: LearnedSurface, _ axis: Int, _ metric: String, x: Double, y: Double) {
    self.surface = surface
    self.axis = axis
    self.metric = metric
    let title = surface.axes[axis]
    frame = PlotFrame(
      x: x, y: y, right: 16, horizontal: (title.name, title.range, title.isLog),
      vertical: (metric, surface.shownValues(), false))
  }

  func draw(_ document: inout SVGDocument) {
    frame.drawGrid(&document)
    frame.clipped(&document) { document in
      learned(&document)
      errors(&document)
      path(&document)
    }
    frame.drawLabels(&document)
    marks(&document)
  }

  private func place(_ value: Survey.Value) -> (Double, Double) {
    (frame.horizontal.pixel(value.coordinates[axis]), frame.vertical.pixel(value.mean))
  }

  private func learned(_ document: inout SVGDocument) {
    let slice = surface.slice(along: axis, count: 81)
    let upper = slice.map { (place($0).0, frame.vertical.pixel($0.mean + ($0.error ?? 0))) }
    let lower = slice.map { (place($0).0, frame.vertical.pixel($0.mean - ($0.error ?? 0))) }
    document.polygon(upper + lower.reversed(), fill: PlotColor.learned, opacity: 0.2)
    document.polyline(slice.map(place), PlotColor.learned, width: 2)
    // Of several dimensions the points lie beside the line: they are drawn where that is not their own.
    let isOwn = surface.axes.count == 1
    for value in surface.surface {
      document.circle(place(value), isOwn ? 2.5 : 2, fill: PlotColor.learned, opacity: isOwn ? 1 : 0.35)
    }
    let x = frame.horizontal.pixel(surface.optimum.coordinates[axis])
    document.line((x, frame.top), (x, frame.bottom), PlotColor.frame, dashes: "4 3")
  }

  /// What belongs to the trials and may leave the frame.
  private func errors(_ document: inout SVGDocument) {
    for trial in surface.verified {
      let x = frame.horizontal.pixel(trial.coordinates[axis])
      let y = frame.vertical.pixel(trial.measured.mean)
      if surface.axes.count > 1, let learned = trial.learned {
        let other = frame.vertical.pixel(learned.mean)
        document.line((x, y), (x, other), PlotColor.verified, opacity: 0.5, dashes: "1 2")
        document.circle((x, other), 3, fill: "white", stroke: PlotColor.learned)
      }
      guard let error = trial.measured.standardError else { continue }
      let ends = [-error, error].map { frame.vertical.pixel(trial.measured.mean + $0) }
      document.line((x, ends[0]), (x, ends[1]), PlotColor.verified, width: 1.2)
    }
  }

  private func path(_ document: inout SVGDocument) {
    for run in surface.runs {
      for (index, value) in run.path.enumerated() {
        let x = frame.horizontal.pixel(value.coordinates[axis])
        // The later, the darker.
        let opacity = 0.2 + 0.8 * Double(index) / Double(max(1, run.path.count - 1))
        document.line((x, frame.bottom), (x, frame.bottom - 8), PlotColor.path, opacity: opacity)
      }
    }
  }

  /// The predicted best, and the trials, whole also where they are at the edge. Values that are not in the picture are
  /// triangles.
  private func marks(_ document: inout SVGDocument) {
    let best = frame.horizontal.pixel(surface.optimum.coordinates[axis])
    PlotMark.star(&document, (best, frame.vertical.pixel(surface.optimum.mean)))
    for trial in surface.verified {
      let x = frame.horizontal.pixel(trial.coordinates[axis])
      if frame.vertical.range.contains(trial.measured.mean) {
        PlotMark.verified(&document, (x, frame.vertical.pixel(trial.measured.mean)), nil, nil)
        continue
      }
      let isBelow = trial.measured.mean < frame.vertical.range.lowerBound
      let (edge, step) = isBelow ? (frame.bottom - 2, -7.0) : (frame.top + 2, 7.0)
      document.polygon(
        [(x, edge), (x - 4, edge + step), (x + 4, edge + step)], fill: PlotColor.verified, stroke: "white")
    }
  }
}
