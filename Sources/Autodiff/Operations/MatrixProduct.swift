import Tensors

/// op(A) op(B), where op is nothing or a transposition.
struct MatrixProduct<Scalar: TensorScalar>: Operation {
  let transposeA: Bool
  let transposeB: Bool
  let m: Int
  let n: Int
  let k: Int

  var shapes: [Shape] { [[m, n]] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    Scalar.gemm(
      transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: 1, frame.input(0),
      lda: transposeA ? m : k, frame.input(1), ldb: transposeB ? k : n, beta: frame.accumulates(0) ? 1 : 0,
      frame.result(0), ldc: n)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let shaped = c.reshaped([m, n])
    let (a, b) = (call.inputs[0], call.inputs[1])
    // C = A B: dA = dC B', dB = A' dC; with a transposed operand the roles are exchanged.
    let first =
      transposeA
      ? b.matrixProduct(shaped, transposeA: transposeB, transposeB: true)
      : shaped.matrixProduct(b, transposeA: false, transposeB: !transposeB)
    let second =
      transposeB
      ? shaped.matrixProduct(a, transposeA: true, transposeB: transposeA)
      : a.matrixProduct(shaped, transposeA: !transposeA, transposeB: false)
    return [first.reshaped(a.shape), second.reshaped(b.shape)]
  }
}

extension Variable {
  /// op(self) op(other), m x n.
  public func matrixProduct(
    _ other: Variable, transposeA: Bool = false, transposeB: Bool = false
  ) -> Variable {
    let (m, k) = transposeA ? (shape.columns, shape.rows) : (shape.rows, shape.columns)
    let (l, n) = transposeB ? (other.shape.columns, other.shape.rows) : (other.shape.rows, other.shape.columns)
    precondition(
      k == l,
      "a product of \(shape)\(transposeA ? " transposed" : "") and \(other.shape)\(transposeB ? " transposed" : "") "
        + "does not exist")
    return MatrixProduct(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k)(self, other)
  }
}
