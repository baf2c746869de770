import Probability
public import Tensors

/// The whole matrix of the curvature.
public struct FullCurvature: Sendable {
  /// Symmetric; in the order of the parameters.
  public let matrix: Matrix<Double>

  /// - Parameter matrix: Of which only the lower triangle is read.
  init(lower matrix: Matrix<Double>, scope: ParameterScope) throws(LaplaceError) {
    var matrix = matrix
    let n = matrix.rows
    let memory = matrix.unsafeMutablePointer()
    Double.mirrorLowerTriangle(memory, n: n)
    for row in 0..<n where !Double.allFinite(memory + row * n, count: n) {
      throw .notFinite(place: scope.name(row))
    }
    self.matrix = matrix
  }

  /// Throws where the matrix would be larger than it may be.
  static func checkCount(_ count: Int, limit: Int) throws(LaplaceError) {
    guard count <= limit else { throw .tooManyParameters(count: count, limit: limit) }
  }

  /// The generalised Gauss-Newton matrix: the sum over the examples of J' Lambda J.
  static func gaussNewton<Scalar: DensityScalar>(
    _ network: Network, scope: ParameterScope, parameters: Vector<Scalar>, inputs: Matrix<Scalar>,
    seeds: JacobianSeeds
  ) throws(LaplaceError) -> FullCurvature {
    if scope.layers.count == 1, scope.layers[0].convolution == nil {
      return try gaussNewtonOfDenseLayer(
        network, scope: scope, parameters: parameters, inputs: inputs, seeds: seeds)
    }
    let n = scope.count
    let jacobians = JacobianProgram(
      network, layers: scope.layers, parameters: parameters, seeds: seeds,
      numbersPerExample: 2 * n * min(32, network.outputs), rowLimit: inputs.rows)
    var (sum, rows) = (
      Matrix<Double>(rows: n, columns: n),
      Vector<Double>(count: jacobians.maximumRows * jacobians.columnsAtATime * n)
    )
    let (total, block) = (sum.unsafeMutablePointer(), rows.unsafeMutablePointer())
    jacobians.forEachBlock(of: inputs) { run in
      run.writeRows(into: block, stride: n)
      BLAS.syrk(
        transpose: true, n: n, k: run.rows.count * run.columns, UnsafePointer(block), lda: n, beta: 1, total, ldc: n)
    }
    withExtendedLifetime(rows) {}
    return try FullCurvature(lower: sum, scope: scope)
  }

  /// The precision scale x matrix + prior, factorised.
  func factor(scale: Double, prior: [Double], scope: ParameterScope) throws(LaplaceError) -> Cholesky<Double> {
    var precision = matrix
    let (memory, n) = (precision.unsafeMutablePointer(), matrix.rows)
    Double.scale(memory, by: scale, count: n * n)
    for i in 0..<n { memory[i * n + i] += prior[i] }
    do throws(LinearAlgebraError) {
      return try precision.cholesky()
    } catch .notPositiveDefinite(let pivot, _) {
      throw .notPositiveDefinite(place: scope.name(pivot))
    } catch {
      throw .notPositiveDefinite(place: "\(error)")
    }
  }
}
