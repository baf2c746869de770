public import Tensors

extension StationaryKernel {
  /// `count` draws from the kernel's spectral density over `width` embedded coordinates, one a row: with them and
  /// uniform phases b, sqrt(2 / m) cos(omega z + b) are m random Fourier features (Rahimi and Recht 2007).
  ///
  /// RBF: standard normal. Matern-5/2: the multivariate t distribution with 5 degrees of freedom.
  public func spectralFrequencies(_ count: Int, width: Int, key: RandomKey) -> Matrix<Double> {
    let normals = Vector<Double>.normal(key.folded(0), count: count * width)
    var result = Matrix(normals, rows: count, columns: width)
    guard self == .matern52, count > 0 else { return result }
    let degrees = 5
    let squares = Vector<Double>.normal(key.folded(1), count: count * degrees).array
    let out = result.unsafeMutablePointer()
    withExtendedLifetime(result) {
      for row in 0..<count {
        let chiSquare = squares[(row * degrees)..<((row + 1) * degrees)].reduce(0) { $0 + $1 * $1 }
        Double.scale(out + row * width, by: (Double(degrees) / chiSquare).squareRoot(), count: width)
      }
    }
    return result
  }
}
