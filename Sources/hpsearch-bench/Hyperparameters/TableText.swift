import Foundation

/// A cell of a table, filled up with spaces.
func column(_ text: String, _ width: Int) -> String {
  text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
}

/// The mean and its standard error.
func summary(_ values: [Double], digits: Int) -> String {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  guard values.count > 1 else { return String(format: "%.\(digits)f", mean) }
  let variance = values.reduce(0) { $0 + pow($1 - mean, 2) } / (count - 1)
  return String(format: "%.\(digits)f +- %.\(digits)f", mean, (variance / count).squareRoot())
}
