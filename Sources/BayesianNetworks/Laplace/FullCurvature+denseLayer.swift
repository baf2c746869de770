import Probability
import Tensors

extension FullCurvature {
  /// The Gauss-Newton matrix of one dense layer. An example's Jacobians are outer products x g', so that the matrix is
  ///
  ///     sum over the examples of (x x') x (sum over the columns of g g')
  ///
  /// which takes a weighted Gram matrix of the inputs for each pair of outputs: fewer operations than the products of
  /// whole Jacobians, by about the number of columns.
  static func gaussNewtonOfDenseLayer<Scalar: DensityScalar>(
    _ network: Network, scope: ParameterScope, parameters: Vector<Scalar>, inputs: Matrix<Scalar>,
    seeds: JacobianSeeds
  ) throws(LaplaceError) -> FullCurvature {
    let layer = scope.layers[0]
    let (n, m) = (layer.inputs + 1, layer.outputs)
    let jacobians = JacobianProgram(
      network, layers: scope.layers, parameters: parameters, seeds: seeds, numbersPerExample: n,
      rowLimit: inputs.rows)
    var sums = Vector<Double>(count: m * (m + 1) / 2 * n * n)
    var (part, scaled) = (Vector<Scalar>(count: n * n), Vector<Scalar>(count: jacobians.maximumRows * n))
    let (total, gram, rows) = (
      sums.unsafeMutablePointer(), part.unsafeMutablePointer(), scaled.unsafeMutablePointer()
    )
    jacobians.forEachBlock(of: inputs) { run in
      run.forEachLayer { block in
        var pair = 0
        for a in 0..<m {
          for b in 0...a {
            Scalar.scaleRows(
              block.inputs, columns: n, by: block.derivatives, outputs: m, (a, b), into: rows, rows: block.rows)
            BLAS.gemm(
              transposeA: true, m: n, n: n, k: block.rows, UnsafePointer(rows), lda: n, block.inputs, ldb: n, gram,
              ldc: n)
            Scalar.add(gram, to: total + pair * n * n, count: n * n)
            pair += 1
          }
        }
      }
    }
    var matrix = Matrix<Double>(rows: n * m, columns: n * m)
    let target = matrix.unsafeMutablePointer()
    var pair = 0
    for a in 0..<m {
      for b in 0...a {
        for i in 0..<n {
          for j in 0..<n {
            let value = total[(pair * n + i) * n + j]
            target[(i * m + a) * n * m + j * m + b] = value
            target[(i * m + b) * n * m + j * m + a] = value
          }
        }
        pair += 1
      }
    }
    withExtendedLifetime((part, scaled, sums)) {}
    return try FullCurvature(lower: matrix, scope: scope)
  }
}

extension TensorScalar {
  /// Each row of x times the sum over the columns of d_a d_b of that row.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scaleRows(
    _ x: UnsafePointer<Self>, columns: Int, by derivatives: [UnsafePointer<Self>], outputs: Int, _ pair: (Int, Int),
    into y: UnsafeMutablePointer<Self>, rows: Int
  ) {
    for row in 0..<rows {
      var weight: Self = 0
      for d in derivatives { weight += d[row * outputs + pair.0] * d[row * outputs + pair.1] }
      let (source, target) = (x + row * columns, y + row * columns)
      for i in 0..<columns { target[i] = weight * source[i] }
    }
  }
}
