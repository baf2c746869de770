import Tensors

extension Matrix<Float> {
  /// Each column x as x, x^2, ..., x^degree, columns x degree in all; with degree 0 one column of zeros, so that a network
  /// of them is a constant.
  func powers(degree: Int) -> Matrix<Float> {
    var result = Matrix<Float>(rows: rows, columns: max(1, columns * degree))
    guard degree > 0 else { return result }
    for row in 0..<rows {
      for column in 0..<columns {
        let x = Double(self[row, column])
        var power = 1.0
        for exponent in 0..<degree {
          power *= x
          result[row, column * degree + exponent] = Float(power)
        }
      }
    }
    return result
  }
}
