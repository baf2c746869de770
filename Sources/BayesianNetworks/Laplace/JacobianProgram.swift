import Autodiff
import Probability
import Tensors

/// The factors of the Jacobians of one layer for a block of examples: example n has the Jacobian sum over its rows r of
/// inputs_r' derivatives_r, in the order of the layer's parameters.
struct LayerJacobians<Scalar: DensityScalar> {
  let layer: AffineLayer
  let examples: Int
  /// examples x rowsPerExample rows of inputs + 1 numbers: what the layer reads (a convolution's patches), and a 1 for
  /// the bias.
  let inputs: UnsafePointer<Scalar>
  /// For each column of the seeds, examples x rowsPerExample rows of outputs: the derivatives with respect to what the
  /// layer gives.
  let derivatives: [UnsafePointer<Scalar>]
  /// Whether `inputs` are seen for the first time: there may be more columns than are pulled back at a time.
  let isFirst: Bool

  /// inputs + 1
  var width: Int { layer.inputs + 1 }
  /// Rows of the block.
  var rows: Int { examples * layer.rowsPerExample }

  /// Writes the Jacobian of an example for a column, as long as the layer's parameters.
  func jacobian(_ example: Int, _ column: Int, into target: UnsafeMutablePointer<Scalar>) {
    let first = example * layer.rowsPerExample
    BLAS.gemm(
      transposeA: true, m: width, n: layer.outputs, k: layer.rowsPerExample, inputs + first * width, lda: width,
      derivatives[column] + first * layer.outputs, ldb: layer.outputs, target, ldc: layer.outputs)
  }
}

/// Takes blocks of examples through a network and seeds back to the outputs of its layers: all that a curvature or a
/// linearised prediction needs. One program for each size of a block.
final class JacobianProgram<Scalar: DensityScalar> {
  let network: Network
  let layers: [AffineLayer]
  /// Columns that are pulled back at a time.
  let columnsAtATime: Int
  /// Columns in all.
  let columns: Int
  let maximumRows: Int
  private let seeds: JacobianSeeds
  private let parameters: Vector<Scalar>
  private let arena = Arena<Scalar>()
  private var programs: [(rows: Int, program: Program<Scalar>)] = []
  private let patches: Workspace<Scalar>
  private let extended: Workspace<Scalar>
  private let firstColumn: UnsafeMutablePointer<Int32>

  /// - Parameters:
  ///   - parameters: The point parameters.
  ///   - layers: Whose Jacobians are wanted.
  ///   - columnLimit: The most columns that are pulled back at a time.
  ///   - numbersPerExample: Numbers of memory that the caller needs for each example, beside the program's own.
  init(
    _ network: Network, layers: [AffineLayer], parameters: Vector<Scalar>, seeds: JacobianSeeds,
    columnLimit: Int = 32, numbersPerExample: Int = 0, rowLimit: Int
  ) {
    self.network = network
    self.layers = layers
    self.parameters = parameters
    self.seeds = seeds
    columns = seeds.columns(outputs: network.outputs)
    columnsAtATime = max(1, min(columns, columnLimit))
    let passes = columnsAtATime
    let kept = layers.map { $0.inputSize + passes * $0.rowsPerExample * $0.outputs }.reduce(0, +)
    let unfolded = layers.map { $0.rowsPerExample * ($0.inputs + 1) }.max() ?? 0
    // About 32 MB in single precision.
    maximumRows = max(1, min(rowLimit, 1024, 8_388_608 / (kept + 2 * unfolded + numbersPerExample)))
    patches = Workspace(
      maximumRows * (layers.filter { $0.convolution != nil }.map { $0.rowsPerExample * $0.inputs }.max() ?? 0))
    extended = Workspace(maximumRows * unfolded)
    firstColumn = .allocate(capacity: 1)
    firstColumn.initialize(to: 0)
  }

  deinit {
    firstColumn.deallocate()
  }

  /// Takes all rows of some inputs through the network, block by block and, in each, some columns at a time. The body
  /// sees the program after each run, with the rows of the block.
  func forEachBlock(of inputs: Matrix<Scalar>, _ body: (JacobianRun<Scalar>) -> Void) {
    precondition(
      inputs.columns == network.inputs, "the data has \(inputs.columns) inputs, the network \(network.inputs)")
    withExtendedLifetime((inputs, parameters, self)) {
      for start in stride(from: 0, to: inputs.rows, by: maximumRows) {
        let rows = start..<min(start + maximumRows, inputs.rows)
        let program = program(rows.count)
        let x = inputs.unsafePointer + start * inputs.columns
        program.bind(input: 0, to: x)
        program.bind(input: 1, to: UnsafePointer(firstColumn))
        for layer in network.affineLayers {
          program.bind(input: 2 + layer.index, to: parameters.unsafePointer + layer.start)
        }
        for column in stride(from: 0, to: max(1, columns), by: columnsAtATime) {
          firstColumn.pointee = Int32(column)
          program.run()
          body(JacobianRun(source: self, program: program, rows: rows, isFirst: column == 0))
        }
      }
    }
  }

  private func program(_ rows: Int) -> Program<Scalar> {
    if let entry = programs.first(where: { $0.rows == rows }) { return entry.program }
    let x = Variable<Scalar>.input([rows, network.inputs], name: "inputs")
    let first = Variable<Scalar>.indices(1, name: "first column")
    let weights: [Variable<Scalar>] = network.weightInputs()
    var (layerInputs, layerOutputs): ([Variable<Scalar>], [Variable<Scalar>]) = ([], [])
    let outputs = network.outputs(of: x) { layer, x in
      let y = x.affine(weights[layer.index], layer.geometry(inputCount: x.shape.count))
      if layers.contains(where: { $0.index == layer.index }) {
        layerInputs.append(x)
        layerOutputs.append(y)
      }
      return y
    }
    let source = seeds.isSoftmax ? outputs.softmax() : outputs
    let derivatives = (0..<columnsAtATime).flatMap { column in
      let seed = LikelihoodRootColumn<Scalar>(
        rows: rows, columns: network.outputs, offset: column, isSoftmax: seeds.isSoftmax)(source, first)
      return pulledBack([(variable: outputs, cotangent: seed)], to: layerOutputs).enumerated().map {
        place, derivative in
        derivative ?? .zeros(layerOutputs[place].shape)
      }
    }
    let program = Program(
      inputs: [x, first] + weights, outputs: [outputs] + layerInputs + derivatives, arena: arena)
    programs.append((rows, program))
    return program
  }

  /// The factors of a layer after a run, valid until the next layer's.
  fileprivate func jacobians(
    _ place: Int, _ program: Program<Scalar>, examples: Int, isFirst: Bool
  ) -> LayerJacobians<
    Scalar
  > {
    let layer = layers[place]
    let rows = examples * layer.rowsPerExample
    var source = program.output(1 + place)
    if let convolution = layer.convolution {
      Scalar.unfold(source, images: examples, convolution, into: patches.base)
      source = UnsafePointer(patches.base)
    }
    Scalar.appendOnes(source, into: extended.base, rows: rows, columns: layer.inputs)
    let derivatives = (0..<columnsAtATime).map { program.output(1 + layers.count * (1 + $0) + place) }
    return LayerJacobians(
      layer: layer, examples: examples, inputs: UnsafePointer(extended.base), derivatives: derivatives,
      isFirst: isFirst)
  }
}

/// What came back from one run of a block.
struct JacobianRun<Scalar: DensityScalar> {
  fileprivate let source: JacobianProgram<Scalar>
  fileprivate let program: Program<Scalar>
  /// The block's rows in the data.
  let rows: Range<Int>
  let isFirst: Bool

  /// The network's outputs, rows x outputs.
  var outputs: UnsafePointer<Scalar> { program.output(0) }
  var columns: Int { source.columnsAtATime }

  /// Calls the body with the factors of each layer, one after another in the same memory.
  func forEachLayer(_ body: (LayerJacobians<Scalar>) -> Void) {
    for place in source.layers.indices {
      body(source.jacobians(place, program, examples: rows.count, isFirst: isFirst))
    }
  }

  /// Writes the Jacobians of all layers in double precision: a row for each example and, in it, for each column.
  func writeRows(into target: UnsafeMutablePointer<Double>, stride: Int) {
    guard let origin = source.layers.first?.start else { return }
    var scratch = Vector<Scalar>(count: source.layers.map(\.parameterCount).max() ?? 0)
    let jacobian = scratch.unsafeMutablePointer()
    forEachLayer { layer in
      for example in 0..<layer.examples {
        for column in 0..<columns {
          layer.jacobian(example, column, into: jacobian)
          Scalar.widen(
            jacobian, into: target + (example * columns + column) * stride + layer.layer.start - origin,
            count: layer.layer.parameterCount)
        }
      }
    }
    withExtendedLifetime(scratch) {}
  }
}

extension TensorScalar {
  /// The rows of x with a 1 behind each.
  static func appendOnes(
    _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      copy(x + row * columns, into: y + row * (columns + 1), count: columns)
      y[row * (columns + 1) + columns] = 1
    }
  }

  /// y += x, in double precision.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func add(_ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Double>, count: Int) {
    for i in 0..<count { y[i] += Double(x[i]) }
  }

  /// y *= x
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func multiply(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] *= x[i] }
  }
}
