import Autodiff
import Probability
import Tensors

/// Weights plus directions scaled unit by unit, W + D diag(gate) for each layer and b + shift for its biases, in one pass.
struct UnitScaling<Scalar: DensityScalar>: FusedOperation {
  /// In the order in which they lie among the weights.
  let layers: [LayerLayout]
  let weightCount: Int

  var directionCount: Int { layers.reduce(0) { $0 + $1.weightCount } }
  var unitCount: Int { layers.reduce(0) { $0 + $1.outputs } }

  var shapes: [Shape] { [[weightCount]] }

  func run(_ frame: Frame<Scalar>) {
    let (x, y) = (frame.input(0), frame.result(0))
    var (directions, gate, shift) = (frame.input(1), frame.input(2), frame.input(3))
    var end = 0
    for layer in layers {
      Scalar.copy(x + end, into: y + end, count: layer.start - end)
      Scalar.sum(
        x + layer.start, directions, timesColumns: gate, into: y + layer.start, rows: layer.inputs,
        columns: layer.outputs)
      Scalar.copy(x + layer.biases, into: y + layer.biases, count: layer.outputs)
      Scalar.axpy(1, shift, y + layer.biases, count: layer.outputs)
      directions += layer.weightCount
      gate += layer.outputs
      shift += layer.outputs
      end = layer.end
    }
    Scalar.copy(x + end, into: y + end, count: weightCount - end)
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    var moves: [Variable<Scalar>] = []
    var (direction, unit, end) = (0, 0, 0)
    for layer in layers {
      let shape: Shape = [layer.inputs, layer.outputs]
      let gate = inputs[2].slice(from: unit, shape: [layer.outputs])
      if layer.start > end { moves.append(.zeros([layer.start - end])) }
      moves.append(inputs[1].slice(from: direction, shape: shape) * gate.broadcastToRows(of: shape))
      moves.append(inputs[3].slice(from: unit, shape: [layer.outputs]))
      direction += layer.weightCount
      unit += layer.outputs
      end = layer.end
    }
    if end < weightCount { moves.append(.zeros([weightCount - end])) }
    return [inputs[0].reshaped([weightCount]) + .concatenated(moves)]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil, nil, nil] }
    let results = UnitScalingGradient(value: self).results([call.inputs[1], call.inputs[2], c])
    return [c.reshaped(call.inputs[0].shape)] + zip(results, call.inputs.dropFirst()).map { $0.reshaped($1.shape) }
  }
}

/// The gradients with respect to directions, gates and shifts.
struct UnitScalingGradient<Scalar: DensityScalar>: FusedOperation {
  let value: UnitScaling<Scalar>

  var shapes: [Shape] { [[value.directionCount], [value.unitCount], [value.unitCount]] }
  func canAccumulate(_ result: Int) -> Bool { result == 0 }

  func run(_ frame: Frame<Scalar>) {
    var (directions, gate, unit) = (frame.input(0), frame.input(1), 0)
    var place = 0
    for layer in value.layers {
      let c = frame.input(2) + layer.start
      if frame.isNeeded(0) {
        let target = frame.result(0) + place
        if frame.accumulates(0) {
          Scalar.addScaledColumns(c, by: gate, to: target, rows: layer.inputs, columns: layer.outputs)
        } else {
          Scalar.scaledColumns(c, by: gate, into: target, rows: layer.inputs, columns: layer.outputs)
        }
      }
      if frame.isNeeded(1) {
        Scalar.columnSumsOfProducts(
          c, directions, rows: layer.inputs, columns: layer.outputs, into: frame.result(1) + unit)
      }
      if frame.isNeeded(2) {
        Scalar.copy(frame.input(2) + layer.biases, into: frame.result(2) + unit, count: layer.outputs)
      }
      directions += layer.weightCount
      place += layer.weightCount
      gate += layer.outputs
      unit += layer.outputs
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let zeros = Variable<Scalar>.zeros([value.unitCount])
    let parameters: [Variable<Scalar>] = [.zeros([value.weightCount]), inputs[0], inputs[1], zeros]
    let result = value.definition(parameters)[0]!
    return gradient(of: result.dot(inputs[2]), withRespectTo: Array(parameters.dropFirst()))
  }
}

extension DensityScalar {
  /// y += x with each column times a factor.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func addScaledColumns(
    _ x: UnsafePointer<Self>, by factors: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row * columns, y + row * columns)
      for j in 0..<columns { y[j] += x[j] * factors[j] }
    }
  }

  /// y = x with each column times a factor.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scaledColumns(
    _ x: UnsafePointer<Self>, by factors: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row * columns, y + row * columns)
      for j in 0..<columns { y[j] = x[j] * factors[j] }
    }
  }

  /// z = x + y with each column of y times a factor.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func sum(
    _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, timesColumns factors: UnsafePointer<Self>,
    into z: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      let (x, y, z) = (x + row * columns, y + row * columns, z + row * columns)
      for j in 0..<columns { z[j] = x[j] + y[j] * factors[j] }
    }
  }

  /// The sums over the rows of x y.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func columnSumsOfProducts(
    _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Self>
  ) {
    for j in 0..<columns { sums[j] = 0 }
    for row in 0..<rows {
      let (x, y) = (x + row * columns, y + row * columns)
      for j in 0..<columns { sums[j] += x[j] * y[j] }
    }
  }
}
