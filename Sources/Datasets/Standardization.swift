/// The map x -> (x - mean) / scale of each column, fitted on training data, and its way back to the original units.
public struct Standardization: Sendable, Equatable {
  public let means: [Double]
  /// Standard deviation with n below the line, as in the UCI protocol; 1 where a column is constant, so that it
  /// becomes 0 on the training data and stays finite elsewhere.
  public let scales: [Double]

  public init(means: [Double], scales: [Double]) {
    precondition(means.count == scales.count, "\(means.count) means and \(scales.count) scales")
    precondition(scales.allSatisfy { $0 > 0 }, "a scale must be positive")
    self.means = means
    self.scales = scales
  }

  public var count: Int { means.count }

  /// Fitted on the chosen rows alone: hand over the training part, and apply it to every part.
  public init(fittedOn inputs: FeatureMatrix, rows: [Int]) {
    precondition(!rows.isEmpty, "a standardisation needs at least one row")
    let columns = inputs.columns
    var sums = [Double](repeating: 0, count: columns)
    var low = [Double](repeating: .infinity, count: columns)
    var high = [Double](repeating: -.infinity, count: columns)
    let n = Double(rows.count)
    // In blocks, so that a matrix of bytes is never a matrix of Doubles as a whole.
    Self.forEachBlock(of: inputs, rows) { block in
      for start in stride(from: 0, to: block.count, by: columns) {
        for column in 0..<columns {
          let value = block[start + column]
          sums[column] += value
          low[column] = min(low[column], value)
          high[column] = max(high[column], value)
        }
      }
    }
    let isConstant = zip(low, high).map { $0 == $1 }
    let means = (0..<columns).map { isConstant[$0] ? low[$0] : sums[$0] / n }
    var squares = [Double](repeating: 0, count: columns)
    Self.forEachBlock(of: inputs, rows) { block in
      for start in stride(from: 0, to: block.count, by: columns) {
        for column in 0..<columns {
          let difference = block[start + column] - means[column]
          squares[column] += difference * difference
        }
      }
    }
    let scales = (0..<columns).map { column in
      let scale = (squares[column] / n).squareRoot()
      return isConstant[column] || scale == 0 ? 1 : scale
    }
    self.init(means: means, scales: scales)
  }

  /// One column, for the target of a regression.
  public init(fittedOn values: [Double]) {
    self.init(
      fittedOn: FeatureMatrix(rows: values.count, columns: 1, values: values), rows: Array(0..<values.count))
  }

  public func standardized(_ value: Double, column: Int = 0) -> Double {
    (value - means[column]) / scales[column]
  }

  /// Back to the original units.
  public func original(_ value: Double, column: Int = 0) -> Double {
    value * scales[column] + means[column]
  }

  private static func forEachBlock(of inputs: FeatureMatrix, _ rows: [Int], _ body: ([Double]) -> Void) {
    let size = max(1, 1 << 20 / max(1, inputs.columns))
    for start in stride(from: 0, to: rows.count, by: size) {
      body(inputs.doubles(rows: Array(rows[start..<min(start + size, rows.count)])))
    }
  }
}
