import Foundation
import Probability
import Tensors

/// A Gaussian of independent weights, each with its precision.
struct IndependentGaussian<Scalar: DensityScalar>: WeightGaussian {
  let logDeterminant: Double
  let variances: [Double]
  let scope: ParameterScope
  private let variance: Vector<Scalar>
  private let deviation: Vector<Scalar>

  init(precision: [Double], scope: ParameterScope) {
    logDeterminant = precision.reduce(0) { $0 + log($1) }
    variances = precision.map { 1 / $0 }
    self.scope = scope
    variance = Vector(variances.map { Scalar($0) })
    deviation = Vector(variances.map { Scalar($0.squareRoot()) })
  }

  func color(_ noise: UnsafeMutablePointer<Scalar>) {
    withExtendedLifetime(deviation) { Scalar.multiply(deviation.unsafePointer, into: noise, count: deviation.count) }
  }

  func addOutputCovariances(_ run: JacobianRun<Scalar>, to covariances: UnsafeMutablePointer<Double>) {
    withExtendedLifetime(self) {
      run.forEachLayer { layer in
        let start = scope.range(of: layer.layer).lowerBound
        if layer.layer.convolution == nil {
          // J is an outer product: the inputs' squares go through the variances as through weights.
          var squares = Vector<Scalar>(count: layer.rows * layer.width)
          let x = squares.unsafeMutablePointer()
          Scalar.square(layer.inputs, into: x, count: layer.rows * layer.width)
          addWeightedProducts(
            UnsafePointer(x), layer, variance: variance.unsafePointer + start, layer.derivatives, to: covariances)
          withExtendedLifetime(squares) {}
        } else {
          addScaledJacobians(
            layer, deviation: deviation.unsafePointer + start, to: covariances
          ) { example, column, target in
            layer.jacobian(example, column, into: target)
          }
        }
      }
    }
  }
}

/// For a dense layer and each example: adds the sum over outputs j of q_j d_kj d_lj for all columns k and l, with
/// q = x^2 variance.
///
/// - Parameters:
///   - squares: x^2, examples x (inputs + 1).
///   - variance: (inputs + 1) x outputs.
func addWeightedProducts<Scalar: DensityScalar>(
  _ squares: UnsafePointer<Scalar>, _ layer: LayerJacobians<Scalar>, variance: UnsafePointer<Scalar>,
  _ derivatives: [UnsafePointer<Scalar>], to covariances: UnsafeMutablePointer<Double>
) {
  let (examples, outputs, k) = (layer.examples, layer.layer.outputs, derivatives.count)
  let count = examples * outputs
  var (weights, scaled) = (Vector<Scalar>(count: count), Vector<Scalar>(count: count * k))
  let (q, d) = (weights.unsafeMutablePointer(), scaled.unsafeMutablePointer())
  BLAS.gemm(
    m: examples, n: outputs, k: layer.width, squares, lda: layer.width, variance, ldb: outputs, q, ldc: outputs)
  Scalar.sqrt(q, into: q, count: count)
  for (column, derivative) in derivatives.enumerated() {
    Scalar.multiplyAdd(1, q, derivative, d + column * count, count: count)
  }
  for example in 0..<examples {
    addGram(
      UnsafePointer(d) + example * outputs, rows: k, stride: count, count: outputs,
      to: covariances + example * k * k)
  }
  withExtendedLifetime((weights, scaled)) {}
}

/// For each example: adds the Gram matrix of its Jacobians, each times the deviations of the weights.
func addScaledJacobians<Scalar: DensityScalar>(
  _ layer: LayerJacobians<Scalar>, deviation: UnsafePointer<Scalar>, to covariances: UnsafeMutablePointer<Double>,
  jacobian: (_ example: Int, _ column: Int, _ target: UnsafeMutablePointer<Scalar>) -> Void
) {
  let (count, k) = (layer.layer.parameterCount, layer.derivatives.count)
  var rows = Vector<Scalar>(count: k * count)
  let memory = rows.unsafeMutablePointer()
  for example in 0..<layer.examples {
    for column in 0..<k {
      jacobian(example, column, memory + column * count)
      Scalar.multiply(deviation, into: memory + column * count, count: count)
    }
    addGram(UnsafePointer(memory), rows: k, stride: count, count: count, to: covariances + example * k * k)
  }
  withExtendedLifetime(rows) {}
}
