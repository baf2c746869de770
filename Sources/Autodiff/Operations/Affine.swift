public import Tensors

// The three bilinear functions of an affine layer y = x W + b are closed under differentiation. The parameters of a layer
// lie together: W, inputs x outputs row-major, and then b. A convolution is an affine layer whose rows are the patches of
// the images; they are unfolded block by block, so that a block stays in the cache.

/// What an affine layer looks like.
public struct AffineGeometry: Hashable, Sendable {
  /// Rows of the outputs: examples, or all places of the kernel in all images.
  public let rows: Int
  public let inputs: Int
  public let outputs: Int
  /// Whether the biases are added. In derivatives they are not always; the parameters have room for them in any case.
  public let hasBias: Bool
  /// nil for a dense layer.
  public let convolution: ConvolutionGeometry?

  public init(
    rows: Int, inputs: Int, outputs: Int, hasBias: Bool = true, convolution: ConvolutionGeometry? = nil
  ) {
    if let convolution {
      precondition(
        inputs == convolution.patchSize && rows % convolution.patches == 0,
        "\(rows) rows of \(inputs) inputs are not the patches of \(convolution)")
    }
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
    self.convolution = convolution
  }

  public var parameterCount: Int { (inputs + 1) * outputs }
  var weightCount: Int { inputs * outputs }

  var withoutBias: AffineGeometry {
    AffineGeometry(rows: rows, inputs: inputs, outputs: outputs, hasBias: false, convolution: convolution)
  }

  /// Numbers of the layer's input.
  var inputCount: Int {
    convolution.map { rows / $0.patches * $0.inputSize } ?? rows * inputs
  }

  /// Images that are unfolded at a time.
  private func blockImages(_ convolution: ConvolutionGeometry) -> Int {
    min(rows / convolution.patches, max(1, 65_536 / (convolution.patches * convolution.patchSize)))
  }

  /// Numbers of the memory for unfolded images.
  var scratchCount: Int {
    convolution.map { blockImages($0) * $0.patches * $0.patchSize } ?? 0
  }

  /// Calls `body` for each block of images: with how many they are, and where their inputs and their rows begin.
  @inline(__always)
  func forEachBlock(
    _ convolution: ConvolutionGeometry, _ body: (_ images: Int, _ input: Int, _ row: Int) -> Void
  ) {
    let images = rows / convolution.patches
    let block = blockImages(convolution)
    var image = 0
    while image < images {
      let count = min(block, images - image)
      body(count, image * convolution.inputSize, image * convolution.patches)
      image += count
    }
  }
}

/// y = x W + b
struct Affine<Scalar: TensorScalar>: Operation {
  let layer: AffineGeometry

  var shapes: [Shape] { [[layer.rows, layer.outputs], [layer.scratchCount]] }
  func canAccumulate(_ result: Int) -> Bool { !layer.hasBias }
  func isScratch(_ result: Int) -> Bool { result == 1 && layer.scratchCount > 0 }

  func run(_ frame: Frame<Scalar>) {
    let (x, w, y) = (frame.input(0), frame.input(1), frame.result(0))
    if layer.hasBias { Scalar.setRows(w + layer.weightCount, of: y, rows: layer.rows, columns: layer.outputs) }
    let isAdded = layer.hasBias || frame.accumulates(0)
    guard let convolution = layer.convolution else { return multiply(x, w, y, rows: layer.rows, isAdded) }
    let patches = frame.result(1)
    layer.forEachBlock(convolution) { images, input, row in
      Scalar.unfold(x + input, images: images, convolution, into: patches)
      multiply(patches, w, y + row * layer.outputs, rows: images * convolution.patches, isAdded)
    }
  }

  private func multiply(
    _ x: UnsafePointer<Scalar>, _ w: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, rows: Int,
    _ isAdded: Bool
  ) {
    Scalar.gemm(
      transposeA: false, transposeB: false, m: rows, n: layer.outputs, k: layer.inputs, alpha: 1, x, lda: layer.inputs,
      w, ldb: layer.outputs, beta: isAdded ? 1 : 0, y, ldc: layer.outputs)
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

  var shapes: [Shape] { [[layer.inputCount], [layer.scratchCount]] }
  func canAccumulate(_ result: Int) -> Bool { true }
  func isScratch(_ result: Int) -> Bool { result == 1 && layer.scratchCount > 0 }

  func run(_ frame: Frame<Scalar>) {
    let (c, w, x) = (frame.input(0), frame.input(1), frame.result(0))
    guard let convolution = layer.convolution else {
      return multiply(c, w, x, rows: layer.rows, frame.accumulates(0))
    }
    if !frame.accumulates(0) { Scalar.fill(x, with: 0, count: layer.inputCount) }
    let patches = frame.result(1)
    layer.forEachBlock(convolution) { images, input, row in
      multiply(c + row * layer.outputs, w, patches, rows: images * convolution.patches, false)
      Scalar.fold(patches, images: images, convolution, addingTo: x + input)
    }
  }

  private func multiply(
    _ c: UnsafePointer<Scalar>, _ w: UnsafePointer<Scalar>, _ x: UnsafeMutablePointer<Scalar>, rows: Int,
    _ isAdded: Bool
  ) {
    Scalar.gemm(
      transposeA: false, transposeB: true, m: rows, n: layer.inputs, k: layer.outputs, alpha: 1, c, lda: layer.outputs,
      w, ldb: layer.outputs, beta: isAdded ? 1 : 0, x, ldc: layer.inputs)
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

  var shapes: [Shape] { [[layer.parameterCount], [layer.scratchCount]] }
  func canAccumulate(_ result: Int) -> Bool { true }
  func isScratch(_ result: Int) -> Bool { result == 1 && layer.scratchCount > 0 }

  func run(_ frame: Frame<Scalar>) {
    let (x, c, gradient) = (frame.input(0), frame.input(1), frame.result(0))
    var isAdded = frame.accumulates(0)
    biases(c, gradient + layer.weightCount, isAdded)
    guard let convolution = layer.convolution else { return multiply(x, c, gradient, rows: layer.rows, isAdded) }
    let patches = frame.result(1)
    layer.forEachBlock(convolution) { images, input, row in
      Scalar.unfold(x + input, images: images, convolution, into: patches)
      multiply(patches, c + row * layer.outputs, gradient, rows: images * convolution.patches, isAdded)
      isAdded = true
    }
  }

  private func biases(_ c: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>, _ isAdded: Bool) {
    if !layer.hasBias {
      if !isAdded { Scalar.fill(gradient, with: 0, count: layer.outputs) }
    } else if isAdded {
      for row in 0..<layer.rows { Scalar.axpy(1, c + row * layer.outputs, gradient, count: layer.outputs) }
    } else {
      Scalar.columnSums(c, rows: layer.rows, columns: layer.outputs, into: gradient)
    }
  }

  private func multiply(
    _ x: UnsafePointer<Scalar>, _ c: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>, rows: Int,
    _ isAdded: Bool
  ) {
    Scalar.gemm(
      transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: rows, alpha: 1, x, lda: layer.inputs,
      c, ldb: layer.outputs, beta: isAdded ? 1 : 0, gradient, ldc: layer.outputs)
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
    return affine(parameters, AffineGeometry(rows: shape.count / inputs, inputs: inputs, outputs: outputs))
  }

  /// The convolution of images (height x width x channels each) with zero padding: images x places x outputs. The
  /// parameters are W, (kernel height x kernel width x channels) x outputs row-major, and then b.
  public func convolution(_ parameters: Variable, _ geometry: ConvolutionGeometry, outputs: Int) -> Variable {
    precondition(shape.count % geometry.inputSize == 0, "\(shape) is not made of images for \(geometry)")
    let rows = shape.count / geometry.inputSize * geometry.patches
    return affine(
      parameters,
      AffineGeometry(rows: rows, inputs: geometry.patchSize, outputs: outputs, convolution: geometry))
  }

  /// The affine layer of the given geometry.
  public func affine(_ parameters: Variable, _ layer: AffineGeometry) -> Variable {
    precondition(
      parameters.shape.count == layer.parameterCount && shape.count == layer.inputCount,
      "\(parameters.shape) parameters and inputs of \(shape) are not those of \(layer)")
    return Affine(layer: layer)(self, parameters)
  }
}
