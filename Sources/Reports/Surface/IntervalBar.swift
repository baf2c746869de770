import StudyModel

/// A line of characters on which values stand at their places: the learned one as a dot with its error, the measured one as
/// a cross with its standard error.
struct IntervalBar {
  let range: ClosedRange<Double>
  let width: Int

  func line(learned: Survey.Value?, measured: Aggregate?) -> String {
    var cells = [Character](repeating: " ", count: width)
    if let measured { draw(&cells, measured.mean, measured.standardError, "×", "·") }
    if let learned { draw(&cells, learned.mean, learned.error, "•", "─") }
    // Over the dot's own error; where both are at one place, that is what matters.
    if let measured, let place = place(measured.mean) { cells[place] = cells[place] == "•" ? "⊗" : "×" }
    return String(cells)
  }

  private func draw(_ cells: inout [Character], _ mean: Double, _ error: Double?, _ mark: Character, _ line: Character)
  {
    guard mean.isFinite else { return }
    if let error, error.isFinite, let low = clamped(mean - error), let high = clamped(mean + error), low <= high {
      for cell in low...high { cells[cell] = line }
    }
    if let place = place(mean) {
      cells[place] = mark
    } else {
      cells[mean < range.lowerBound ? 0 : width - 1] = mean < range.lowerBound ? "‹" : "›"
    }
  }

  /// Nil outside the range.
  private func place(_ value: Double) -> Int? { range.contains(value) ? clamped(value) : nil }

  private func clamped(_ value: Double) -> Int? {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    guard share.isFinite else { return nil }
    return Int((min(max(share, 0), 1) * Double(width - 1)).rounded())
  }
}
