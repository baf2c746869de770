import Autodiff
import Probability
import Tensors

/// Sizes of a dense layer whose weights are generated for each row: W(h) = V_K + sum over k < K of h_k V_k.
struct GeneratedLayer: Hashable, Sendable {
  let rows: Int
  let inputs: Int
  let outputs: Int
  /// K
  let features: Int

  /// Each V_k is the inputs x outputs weights, and then the biases.
  var blockCount: Int { (inputs + 1) * outputs }
  var parameterCount: Int { (features + 1) * blockCount }
  /// Numbers of a row with a 1 at its end.
  var width: Int { inputs + 1 }
  /// Blocks that are worked on at a time, so that the scaled rows stay in the cache.
  var blocks: Int { min(features + 1, max(1, 131_072 / (rows * width))) }
  var scratchCount: Int { rows * width * blocks }
}

/// y_r = x_r W(h_r) + b(h_r): a dense layer whose weights differ from row to row, without these weights.
///
/// The blocks V_k, one after another, are a matrix of (K + 1)(inputs + 1) rows. The rows of its left factor are
/// h_k (x, 1) for all k; they are made for a few k at a time.
struct GeneratedAffine<Scalar: DensityScalar>: FusedOperation {
  let layer: GeneratedLayer

  /// y, and scratch memory. The inputs are x, h and V.
  var shapes: [Shape] { [[layer.rows, layer.outputs], [layer.scratchCount]] }
  func isScratch(_ result: Int) -> Bool { result == 1 }

  func run(_ frame: Frame<Scalar>) {
    let (x, h, v, y, scaled) = (frame.input(0), frame.input(1), frame.input(2), frame.result(0), frame.result(1))
    for first in stride(from: 0, through: layer.features, by: layer.blocks) {
      let blocks = min(layer.blocks, layer.features + 1 - first)
      Scalar.scaledRows(x, h, into: scaled, layer, first: first, blocks: blocks)
      Scalar.gemm(
        transposeA: false, transposeB: false, m: layer.rows, n: layer.outputs, k: blocks * layer.width, alpha: 1,
        scaled, lda: blocks * layer.width, v + first * layer.blockCount, ldb: layer.outputs, beta: first > 0 ? 1 : 0,
        y, ldc: layer.outputs)
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    [Self.expression(inputs[0], inputs[1], inputs[2], layer), nil]
  }

  private static func expression(
    _ x: Variable<Scalar>, _ h: Variable<Scalar>, _ v: Variable<Scalar>, _ layer: GeneratedLayer
  ) -> Variable<Scalar> {
    let (x, h) = (x.reshaped([layer.rows, layer.inputs]), h.reshaped([layer.rows, layer.features]))
    return .sum(
      of: (0...layer.features).map { k in
        let block = v.slice(from: k * layer.blockCount, shape: [layer.blockCount])
        let y = x.affine(block, inputs: layer.inputs, outputs: layer.outputs)
        return k == layer.features ? y : y * h.column(k).broadcastToColumns(of: y.shape)
      })
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil, nil] }
    let results = GeneratedAffineGradient(value: self).results(call.inputs + [c])
    return zip(results, call.inputs).map { $0.reshaped($1.shape) }
  }
}

/// The gradients of a generated layer with respect to x, h and V.
struct GeneratedAffineGradient<Scalar: DensityScalar>: FusedOperation {
  let value: GeneratedAffine<Scalar>

  var shapes: [Shape] {
    let layer = value.layer
    return [
      [layer.rows, layer.inputs], [layer.rows, layer.features], [layer.parameterCount], [layer.scratchCount],
    ]
  }
  func isScratch(_ result: Int) -> Bool { result == 3 }

  func run(_ frame: Frame<Scalar>) {
    let layer = value.layer
    let (x, h, v, c) = (frame.input(0), frame.input(1), frame.input(2), frame.input(3))
    let scratch = frame.result(3)
    let toX = frame.isNeeded(0) ? frame.result(0) : nil
    let toH = frame.isNeeded(1) ? frame.result(1) : nil
    if let toX { Scalar.fill(toX, with: 0, count: layer.rows * layer.inputs) }
    for first in stride(from: 0, through: layer.features, by: layer.blocks) {
      let blocks = min(layer.blocks, layer.features + 1 - first)
      let width = blocks * layer.width
      let place = first * layer.blockCount
      if frame.isNeeded(2) {
        Scalar.scaledRows(x, h, into: scratch, layer, first: first, blocks: blocks)
        Scalar.gemm(
          transposeA: true, transposeB: false, m: width, n: layer.outputs, k: layer.rows, alpha: 1, scratch, lda: width,
          c, ldb: layer.outputs, beta: 0, frame.result(2) + place, ldc: layer.outputs)
      }
      guard toX != nil || toH != nil else { continue }
      Scalar.gemm(
        transposeA: false, transposeB: true, m: layer.rows, n: width, k: layer.outputs, alpha: 1, c, lda: layer.outputs,
        v + place, ldb: layer.outputs, beta: 0, scratch, ldc: width)
      Scalar.scaledRowsGradient(x, h, scratch, toX, toH, layer, first: first, blocks: blocks)
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let parameters = Array(inputs[..<3])
    let y = value.definition(parameters)[0]!
    return gradient(of: y.dot(inputs[3]), withRespectTo: parameters) + [nil]
  }
}

extension Variable {
  /// A column of a matrix.
  fileprivate func column(_ index: Int) -> Variable {
    let selector = (0..<shape.columns).map { $0 == index ? Scalar(1) : 0 }
    return matrixProduct(.constant(selector, shape: [shape.columns, 1])).reshaped([shape.rows])
  }
}

extension TensorScalar {
  /// Row r: h_k (x_r, 1) for the given k, one after another. The last h is 1.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scaledRows(
    _ x: UnsafePointer<Self>, _ h: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, _ layer: GeneratedLayer,
    first: Int, blocks: Int
  ) {
    for row in 0..<layer.rows {
      let (x, h) = (x + row * layer.inputs, h + row * layer.features)
      for block in 0..<blocks {
        let y = y + (row * blocks + block) * layer.width
        let factor = first + block < layer.features ? h[first + block] : 1
        for i in 0..<layer.inputs { y[i] = factor * x[i] }
        y[layer.inputs] = factor
      }
    }
  }

  /// From the gradient of the scaled rows to those of x, which is added to, and of h.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scaledRowsGradient(
    _ x: UnsafePointer<Self>, _ h: UnsafePointer<Self>, _ gradient: UnsafePointer<Self>,
    _ toX: UnsafeMutablePointer<Self>?, _ toH: UnsafeMutablePointer<Self>?, _ layer: GeneratedLayer, first: Int,
    blocks: Int
  ) {
    for row in 0..<layer.rows {
      let (x, h) = (x + row * layer.inputs, h + row * layer.features)
      for block in 0..<blocks {
        let k = first + block
        let g = gradient + (row * blocks + block) * layer.width
        if let toX { axpy(k < layer.features ? h[k] : 1, g, toX + row * layer.inputs, count: layer.inputs) }
        guard let toH, k < layer.features else { continue }
        toH[row * layer.features + k] = Self(dot(x, g, count: layer.inputs)) + g[layer.inputs]
      }
    }
  }
}
