import Probability
import Tensors

/// A Gaussian with a full precision matrix L L': draws are L^-T z, and J Sigma J' = |L^-1 J'|^2.
struct FullGaussian<Scalar: DensityScalar>: WeightGaussian {
  let factor: Cholesky<Double>
  let scope: ParameterScope

  init(_ factor: Cholesky<Double>, scope: ParameterScope) {
    self.factor = factor
    self.scope = scope
  }

  var logDeterminant: Double { factor.logDeterminant }

  var variances: [Double] {
    let inverse = factor.inverse
    return (0..<factor.size).map { inverse[$0, $0] }
  }

  func color(_ noise: UnsafeMutablePointer<Scalar>) {
    let n = factor.size
    var wide = Matrix<Double>(rows: n, columns: 1)
    Scalar.widen(noise, into: wide.unsafeMutablePointer(), count: n)
    let draw = factor.solveLowerTransposed(wide).elements
    for i in 0..<n { noise[i] = Scalar(draw[i]) }
  }

  func addOutputCovariances(_ run: JacobianRun<Scalar>, to covariances: UnsafeMutablePointer<Double>) {
    let (n, k) = (factor.size, run.columns)
    let count = run.rows.count * k
    var jacobians = Matrix<Double>(rows: count, columns: n)
    let memory = jacobians.unsafeMutablePointer()
    run.writeRows(into: memory, stride: n)
    BLAS.trsm(right: true, transpose: true, m: count, n: n, lower: factor.lower.unsafePointer, ldl: n, memory, ldb: n)
    for example in 0..<run.rows.count {
      addGram(
        UnsafePointer(memory) + example * k * n, rows: k, stride: n, count: n, to: covariances + example * k * k)
    }
    withExtendedLifetime((jacobians, factor)) {}
  }
}
