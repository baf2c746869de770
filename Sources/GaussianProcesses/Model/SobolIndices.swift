public import Tensors

/// Shares of the variance of the posterior mean over the space that its coordinates explain (Sobol 1993), estimated
/// after Jansen 1999 as in Saltelli et al. 2010, table 2.
public struct SobolIndices: Hashable, Sendable {
  /// The variance of the mean over the space.
  public var variance: Double
  /// What each coordinate explains by itself.
  public var main: [Double]
  /// What each coordinate explains with all its interactions: what would be left if all others were known.
  public var total: [Double]
}

extension GaussianProcess {
  /// - Parameters:
  ///   - uniforms: N x 2 D independent or quasi-random numbers in [0, 1): the first D of a row make a point, the last D
  ///     another one.
  ///   - decode: Makes encoded points of uniforms, N x D to N x D. In a conditional space this is where coordinates that
  ///     do not exist become NaN; the indices are then those of the uniforms. nil: every coordinate exists.
  public func sobolIndices(
    uniforms: Matrix<Double>, decode: ((Matrix<Double>) -> Matrix<Double>)? = nil
  ) -> SobolIndices {
    let (rows, d) = (uniforms.rows, features.count)
    precondition(uniforms.columns == 2 * d, "\(2 * d) uniforms make two points of \(d) coordinates")
    func means(_ value: (_ row: Int, _ column: Int) -> Double) -> [Double] {
      var elements: [Double] = []
      elements.reserveCapacity(rows * d)
      for row in 0..<rows { for column in 0..<d { elements.append(value(row, column)) } }
      let matrix = Matrix(elements, rows: rows, columns: d)
      return posteriorMean(at: decode?(matrix) ?? decodeUniforms(matrix))
    }
    let first = means { uniforms[$0, $1] }
    let second = means { uniforms[$0, d + $1] }
    let all = first + second
    let average = all.reduce(0, +) / Double(max(1, all.count))
    let variance = all.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(max(1, all.count))
    guard variance > 0, variance.isFinite else {
      let zeros = Array(repeating: 0.0, count: d)
      return SobolIndices(variance: 0, main: zeros, total: zeros)
    }
    var (main, total) = ([Double](), [Double]())
    for exchanged in 0..<d {
      let mixed = means { uniforms[$0, $1 == exchanged ? d + $1 : $1] }
      let (fromSecond, fromFirst) = (halfMeanSquare(second, mixed), halfMeanSquare(first, mixed))
      main.append(min(max(1 - fromSecond / variance, 0), 1))
      total.append(max(fromFirst / variance, 0))
    }
    return SobolIndices(variance: variance, main: main, total: total)
  }

  private func halfMeanSquare(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(2 * max(1, a.count))
  }

  /// Cells to their centres, categories to their indices.
  private func decodeUniforms(_ uniforms: Matrix<Double>) -> Matrix<Double> {
    var result = uniforms
    for (column, feature) in features.enumerated() {
      for row in 0..<uniforms.rows {
        switch feature.kind {
        case .number(nil): break
        case .number(let cells?):
          let count = Double(max(1, cells))
          result[row, column] = (min((uniforms[row, column] * count).rounded(.down), count - 1) + 0.5) / count
        case .category(let count):
          result[row, column] = min((uniforms[row, column] * Double(count)).rounded(.down), Double(count - 1))
        }
      }
    }
    return result
  }
}
