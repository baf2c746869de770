import Foundation
import Probability
import Tensors

/// A Gaussian whose precision is, for each layer, diagonal in the basis of two eigendecompositions: V_a' diag V_g with
/// (inputs + 1) x outputs numbers. Draws and Jacobians go through the two bases as matrices.
struct KroneckerGaussian<Scalar: DensityScalar>: WeightGaussian {
  struct Layer: Sendable {
    /// Rows are eigenvectors, inputs + 1 of them.
    let inputVectors: Matrix<Scalar>
    /// Rows are eigenvectors, as many as outputs.
    let outputVectors: Matrix<Scalar>
    /// 1 / precision in the eigenbasis, (inputs + 1) x outputs.
    let variance: Vector<Scalar>
    let deviation: Vector<Scalar>
    let logDeterminant: Double

    init(_ layer: AffineLayer, _ curvature: KroneckerCurvature.Layer, precision: [Double]) {
      inputVectors = Self.rounded(curvature.inputs.transposedVectors)
      outputVectors = Self.rounded(curvature.outputs.transposedVectors)
      variance = Vector(precision.map { Scalar(1 / $0) })
      deviation = Vector(precision.map { Scalar((1 / $0).squareRoot()) })
      logDeterminant = precision.reduce(0) { $0 + log($1) }
    }

    private static func rounded(_ matrix: Matrix<Double>) -> Matrix<Scalar> {
      Matrix(matrix.elements.array.map { Scalar($0) }, rows: matrix.rows, columns: matrix.columns)
    }
  }

  let layers: [Layer]
  let scope: ParameterScope

  var logDeterminant: Double { layers.reduce(0) { $0 + $1.logDeterminant } }

  /// The squares of the eigenvectors take the variances back to the weights.
  var variances: [Double] {
    layers.flatMap { layer in
      let (n, m) = (layer.inputVectors.rows, layer.outputVectors.rows)
      let (a, g) = (Self.squared(layer.inputVectors), Self.squared(layer.outputVectors))
      let middle = Matrix(layer.variance, rows: n, columns: m)
      return a.multiplied(by: middle, transposeSelf: true).multiplied(by: g).elements.doubles
    }
  }

  private static func squared(_ matrix: Matrix<Scalar>) -> Matrix<Scalar> {
    var result = matrix
    let memory = result.unsafeMutablePointer()
    Scalar.square(memory, into: memory, count: matrix.rows * matrix.columns)
    return result
  }

  func color(_ noise: UnsafeMutablePointer<Scalar>) {
    for (place, layer) in layers.enumerated() {
      let (n, m) = (layer.inputVectors.rows, layer.outputVectors.rows)
      let part = noise + scope.range(of: scope.layers[place]).lowerBound
      var half = Vector<Scalar>(count: n * m)
      let middle = half.unsafeMutablePointer()
      withExtendedLifetime((layer, half)) {
        Scalar.multiply(layer.deviation.unsafePointer, into: part, count: n * m)
        BLAS.gemm(
          transposeA: true, m: n, n: m, k: n, layer.inputVectors.unsafePointer, lda: n, UnsafePointer(part), ldb: m,
          middle, ldc: m)
        BLAS.gemm(
          m: n, n: m, k: m, UnsafePointer(middle), lda: m, layer.outputVectors.unsafePointer, ldb: m, part, ldc: m)
      }
    }
  }

  func addOutputCovariances(_ run: JacobianRun<Scalar>, to covariances: UnsafeMutablePointer<Double>) {
    var place = 0
    run.forEachLayer { jacobians in
      add(jacobians, layers[place], to: covariances)
      place += 1
    }
  }

  private func add(
    _ jacobians: LayerJacobians<Scalar>, _ layer: Layer, to covariances: UnsafeMutablePointer<Double>
  ) {
    let (rows, n, m) = (jacobians.rows, jacobians.width, jacobians.layer.outputs)
    let k = jacobians.derivatives.count
    var (inputs, derivatives) = (Vector<Scalar>(count: rows * n), Vector<Scalar>(count: k * rows * m))
    let (x, d) = (inputs.unsafeMutablePointer(), derivatives.unsafeMutablePointer())
    BLAS.gemm(
      transposeB: true, m: rows, n: n, k: n, jacobians.inputs, lda: n, layer.inputVectors.unsafePointer, ldb: n, x,
      ldc: n)
    for (column, derivative) in jacobians.derivatives.enumerated() {
      BLAS.gemm(
        transposeB: true, m: rows, n: m, k: m, derivative, lda: m, layer.outputVectors.unsafePointer, ldb: m,
        d + column * rows * m, ldc: m)
    }
    let rotated = LayerJacobians(
      layer: jacobians.layer, examples: jacobians.examples, inputs: UnsafePointer(x),
      derivatives: (0..<k).map { UnsafePointer(d) + $0 * rows * m }, isFirst: true)
    if jacobians.layer.convolution == nil {
      Scalar.square(x, into: x, count: rows * n)
      addWeightedProducts(
        UnsafePointer(x), rotated, variance: layer.variance.unsafePointer, rotated.derivatives, to: covariances)
    } else {
      addScaledJacobians(rotated, deviation: layer.deviation.unsafePointer, to: covariances) {
        example, column, target in
        rotated.jacobian(example, column, into: target)
      }
    }
    withExtendedLifetime((inputs, derivatives, layer)) {}
  }
}
