/// Spearman's rank correlation: the correlation of the ranks, ties sharing the mean of their ranks. 1 when both
/// sequences rise together, -1 when one falls as the other rises.
///
/// - Returns: nil for fewer than three pairs, or when one sequence is constant or has a value that is not a number.
package func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double? {
  precondition(a.count == b.count, "rank correlation of \(a.count) and \(b.count) values")
  guard a.count >= 3, !a.contains(where: \.isNaN), !b.contains(where: \.isNaN) else { return nil }
  let (a, b) = (ranks(a), ranks(b))
  let mean = Double(a.count + 1) / 2
  var covariance = 0.0
  var (varianceA, varianceB) = (0.0, 0.0)
  for (a, b) in zip(a, b) {
    covariance += (a - mean) * (b - mean)
    varianceA += (a - mean) * (a - mean)
    varianceB += (b - mean) * (b - mean)
  }
  guard varianceA > 0, varianceB > 0 else { return nil }
  return covariance / (varianceA * varianceB).squareRoot()
}

/// Ranks from 1, ties sharing the mean of theirs.
private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}
