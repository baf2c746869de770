import Tensors

// The three bilinear functions of an affine layer y = x W + b are closed under differentiation. The parameters of a layer
// lie together: W, inputs x outputs row-major, and then b.

/// What an affine layer looks like.
public struct AffineGeometry: Hashable, Sendable {
  public var rows: Int
  public var inputs: Int
  public var outputs: Int
  /// Whether the biases are added. In derivatives they are not always; the parameters have room for them in any case.
  public var hasBias: Bool

  public init(rows: Int, inputs: Int, outputs: Int, hasBias: Bool = true) {
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
  }

  public var parameterCount: Int { (inputs + 1) * outputs }

  var withoutBias: AffineGeometry { AffineGeometry(rows: rows, inputs: inputs, outputs: outputs, hasBias: false) }
}

/// y = x W + b
struct Affine<Scalar: TensorScalar>: Operation {
  let layer: AffineGeometry

  var shapes: [Shape] { [[layer.rows, layer.outputs]] }
  func canAccumulate(_ result: Int) -> Bool { !layer.hasBias }

  func run(_ frame: Frame<Scalar>) {
    let (x, w, y) = (frame.input(0), frame.input(1), frame.result(0))
    if layer.hasBias {
      Scalar.setRows(w + layer.inputs * layer.outputs, of: y, rows: layer.rows, columns: layer.outputs)
    }
    Scalar.gemm(
      transposeA: false, transposeB: false, m: layer.rows, n: layer.outputs, k: layer.inputs, alpha: 1, x,
      lda: layer.inputs, w, ldb: layer.outputs, beta: layer.hasBias || frame.accumulates(0) ? 1 : 0, y,
      ldc: layer.outputs)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let (x, w) = (call.inputs[0], call.inputs[1])
    return [
      AffineInputGradient(layer: layer.withoutBias)(c, w).reshaped(x.shape),
      AffineWeightGradient(layer: layer)(x, c).reshaped(w.shape),
    ]
  }
}

/// c W'
struct AffineInputGradient<Scalar: TensorScalar>: Operation {
  let layer: AffineGeometry

  var shapes: [Shape] { [[layer.rows, layer.inputs]] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    Scalar.gemm(
      transposeA: false, transposeB: true, m: layer.rows, n: layer.inputs, k: layer.outputs, alpha: 1, frame.input(0),
      lda: layer.outputs, frame.input(1), ldb: layer.outputs, beta: frame.accumulates(0) ? 1 : 0, frame.result(0),
      ldc: layer.inputs)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    return [
      Affine(layer: layer.withoutBias)(c, call.inputs[1]).reshaped(call.inputs[0].shape),
      AffineWeightGradient(layer: layer.withoutBias)(c, call.inputs[0]).reshaped(call.inputs[1].shape),
    ]
  }
}

/// x' c for the weights and the sum of c's rows for the biases; zeros there without biases.
struct AffineWeightGradient<Scalar: TensorScalar>: Operation {
  let layer: AffineGeometry

  var shapes: [Shape] { [[layer.parameterCount]] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    let (x, c, gradient) = (frame.input(0), frame.input(1), frame.result(0))
    let isAdded = frame.accumulates(0)
    Scalar.gemm(
      transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: layer.rows, alpha: 1, x,
      lda: layer.inputs, c, ldb: layer.outputs, beta: isAdded ? 1 : 0, gradient, ldc: layer.outputs)
    let biases = gradient + layer.inputs * layer.outputs
    if layer.hasBias {
      if isAdded {
        for row in 0..<layer.rows { Scalar.axpy(1, c + row * layer.outputs, biases, count: layer.outputs) }
      } else {
        Scalar.columnSums(c, rows: layer.rows, columns: layer.outputs, into: biases)
      }
    } else if !isAdded {
      Scalar.fill(biases, with: 0, count: layer.outputs)
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    return [
      AffineInputGradient(layer: layer.withoutBias)(call.inputs[1], c).reshaped(call.inputs[0].shape),
      Affine(layer: layer)(call.inputs[0], c).reshaped(call.inputs[1].shape),
    ]
  }
}

extension Variable {
  /// x W + b for every row x, with the layer's parameters in one array: W, inputs x outputs row-major, and then b.
  public func affine(_ parameters: Variable, inputs: Int, outputs: Int) -> Variable {
    precondition(shape.count % inputs == 0, "\(shape) has no rows of \(inputs) inputs")
    let layer = AffineGeometry(rows: shape.count / inputs, inputs: inputs, outputs: outputs)
    precondition(
      parameters.shape.count == layer.parameterCount,
      "\(parameters.shape) parameters are not those of \(inputs) inputs and \(outputs) outputs")
    return Affine(layer: layer)(self, parameters)
  }
}
