import Probability
public import Tensors

/// A Kronecker product for each layer in place of the generalised Gauss-Newton matrix (Martens and Grosse 2015; for
/// convolutions Grosse and Martens 2016), in the eigenbases of its factors: a prior precision adds to the eigenvalues
/// without another decomposition (Ritter, Botev and Barber 2018; Immer et al. 2021).
///
/// With R = examples x rows of the layer an example,
///
///     layer = (1/R) A x G,    A = sum of a a' over all rows,    G = sum of g g' over all rows and columns
///
/// where a is a row of inputs with a 1 for the bias, and g are the derivatives of the columns of a root of the
/// likelihood's curvature. It is exact for linear regression, and for a layer of one row that sees one example.
public struct KroneckerCurvature: Sendable {
  public struct Layer: Sendable {
    /// A, (inputs + 1) x (inputs + 1).
    public let inputs: SymmetricEigendecomposition<Double>
    /// G, outputs x outputs.
    public let outputs: SymmetricEigendecomposition<Double>
    /// R
    public let rows: Int

    /// The eigenvalues of the layer, (inputs + 1) x outputs; none is negative.
    func eigenvalues() -> [Double] {
      let (a, g) = (inputs.values.array, outputs.values.array.map { max($0, 0) / Double(rows) })
      return a.flatMap { value in g.map { max(value, 0) * $0 } }
    }
  }

  public let layers: [Layer]

  static func gaussNewton<Scalar: DensityScalar>(
    _ network: Network, scope: ParameterScope, parameters: Vector<Scalar>, inputs: Matrix<Scalar>,
    seeds: JacobianSeeds
  ) throws(LaplaceError) -> KroneckerCurvature {
    let jacobians = JacobianProgram(
      network, layers: scope.layers, parameters: parameters, seeds: seeds, rowLimit: inputs.rows)
    var factors = scope.layers.map { KroneckerSums<Scalar>($0) }
    jacobians.forEachBlock(of: inputs) { run in
      run.forEachLayer { layer in factors[layer.layer.index - scope.layers[0].index].add(layer) }
    }
    return KroneckerCurvature(
      layers: try factors.map { sums throws(LaplaceError) in try sums.layer(examples: inputs.rows) })
  }
}

/// The sums of one layer's factors.
private struct KroneckerSums<Scalar: DensityScalar> {
  private let layer: AffineLayer
  private var inputs: Matrix<Double>
  private var outputs: Matrix<Double>
  private var scratch: Vector<Scalar>

  init(_ layer: AffineLayer) {
    self.layer = layer
    inputs = Matrix(rows: layer.inputs + 1, columns: layer.inputs + 1)
    outputs = Matrix(rows: layer.outputs, columns: layer.outputs)
    let largest = max(layer.inputs + 1, layer.outputs)
    scratch = Vector(count: largest * largest)
  }

  mutating func add(_ block: LayerJacobians<Scalar>) {
    let part = scratch.unsafeMutablePointer()
    if block.isFirst {
      let n = block.width
      BLAS.syrk(transpose: true, n: n, k: block.rows, block.inputs, lda: n, part, ldc: n)
      Scalar.addLowerTriangle(part, to: inputs.unsafeMutablePointer(), n: n)
    }
    let n = layer.outputs
    for (column, derivatives) in block.derivatives.enumerated() {
      BLAS.syrk(
        transpose: true, n: n, k: block.rows, derivatives, lda: n, beta: column == 0 ? 0 : 1, part, ldc: n)
    }
    Scalar.addLowerTriangle(part, to: outputs.unsafeMutablePointer(), n: n)
  }

  func layer(examples: Int) throws(LaplaceError) -> KroneckerCurvature.Layer {
    do throws(LinearAlgebraError) {
      return KroneckerCurvature.Layer(
        inputs: try inputs.symmetricEigendecomposition(), outputs: try outputs.symmetricEigendecomposition(),
        rows: examples * layer.rowsPerExample)
    } catch {
      throw .notFinite(place: layer.name)
    }
  }
}

extension TensorScalar {
  /// y += x in the lower triangle, in double precision.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func addLowerTriangle(_ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Double>, n: Int) {
    for row in 0..<n {
      for column in 0...row { y[row * n + column] += Double(x[row * n + column]) }
    }
  }
}
