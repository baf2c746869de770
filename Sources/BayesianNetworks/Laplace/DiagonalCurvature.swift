import Probability
public import Tensors

/// The diagonal of the generalised Gauss-Newton matrix.
public struct DiagonalCurvature: Sendable {
  /// In the order of the parameters.
  public let values: Vector<Double>

  static func gaussNewton<Scalar: DensityScalar>(
    _ network: Network, scope: ParameterScope, parameters: Vector<Scalar>, inputs: Matrix<Scalar>,
    seeds: JacobianSeeds
  ) throws(LaplaceError) -> DiagonalCurvature {
    let jacobians = JacobianProgram(
      network, layers: scope.layers, parameters: parameters, seeds: seeds,
      numbersPerExample: scope.layers.map { $0.inputs + $0.outputs }.max() ?? 0, rowLimit: inputs.rows)
    var sum = Vector<Double>(count: scope.count)
    let total = sum.unsafeMutablePointer()
    let largest = scope.layers.map(\.parameterCount).max() ?? 0
    var (part, scratch) = (Vector<Scalar>(count: largest), Vector<Scalar>(count: largest))
    let (squares, jacobian) = (part.unsafeMutablePointer(), scratch.unsafeMutablePointer())
    jacobians.forEachBlock(of: inputs) { run in
      run.forEachLayer { layer in
        if layer.layer.convolution == nil {
          denseSquares(layer, into: squares)
        } else {
          convolutionSquares(layer, into: squares, scratch: jacobian)
        }
        Scalar.add(
          squares, to: total + scope.range(of: layer.layer).lowerBound, count: layer.layer.parameterCount)
      }
    }
    withExtendedLifetime((part, scratch)) {}
    if let place = scope.placeNotFinite(total) { throw .notFinite(place: place) }
    return DiagonalCurvature(values: sum)
  }

  /// The square of an outer product is the outer product of the squares: one matrix product for all examples and
  /// columns.
  private static func denseSquares<Scalar: DensityScalar>(
    _ layer: LayerJacobians<Scalar>, into squares: UnsafeMutablePointer<Scalar>
  ) {
    let (rows, width, outputs) = (layer.rows, layer.width, layer.layer.outputs)
    var (inputs, sums) = (Vector<Scalar>(count: rows * width), Vector<Scalar>(count: rows * outputs))
    let (x, g) = (inputs.unsafeMutablePointer(), sums.unsafeMutablePointer())
    Scalar.square(layer.inputs, into: x, count: rows * width)
    for derivative in layer.derivatives { Scalar.multiplyAdd(1, derivative, derivative, g, count: rows * outputs) }
    BLAS.gemm(
      transposeA: true, m: width, n: outputs, k: rows, UnsafePointer(x), lda: width, UnsafePointer(g), ldb: outputs,
      squares, ldc: outputs)
    withExtendedLifetime((inputs, sums)) {}
  }

  /// A convolution's Jacobian is a sum over places, which has to be made before it is squared.
  private static func convolutionSquares<Scalar: DensityScalar>(
    _ layer: LayerJacobians<Scalar>, into squares: UnsafeMutablePointer<Scalar>,
    scratch jacobian: UnsafeMutablePointer<Scalar>
  ) {
    let count = layer.layer.parameterCount
    Scalar.fill(squares, with: 0, count: count)
    for column in layer.derivatives.indices {
      for example in 0..<layer.examples {
        layer.jacobian(example, column, into: jacobian)
        Scalar.multiplyAdd(1, jacobian, jacobian, squares, count: count)
      }
    }
  }
}
