import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// A Laplace approximation written down the long way: Jacobians one output and one example at a time, dense matrices.
struct DenseLaplace {
  let model: BayesianModel
  let mode: Vector<Double>
  let data: Examples<Double>

  /// d f_k / d w, outputs x weights, of each example.
  func jacobians(_ inputs: Matrix<Double>) -> [Matrix<Double>] {
    let network = model.network
    let x = Variable<Double>.input([1, network.inputs])
    let weights: [Variable<Double>] = network.weightInputs()
    let outputs = network.outputs(of: x, weights: weights)
    let gradients = (0..<network.outputs).map {
      Variable.concatenated(gradient(of: outputs.slice(from: $0, shape: []), withRespectTo: weights))
    }
    let program = Program(inputs: [x] + weights, outputs: gradients)
    for layer in network.affineLayers { program.bind(input: 1 + layer.index, to: mode.unsafePointer + layer.start) }
    return (0..<inputs.rows).map { row in
      program.bind(input: 0, to: inputs.unsafePointer + row * network.inputs)
      program.run()
      let n = network.parameterCount
      return Matrix(
        (0..<network.outputs).flatMap { Array(UnsafeBufferPointer(start: program.output($0), count: n)) },
        rows: network.outputs, columns: n)
    }
  }

  func outputs(_ inputs: Matrix<Double>) -> [[Double]] {
    let network = model.network
    let x = Variable<Double>.input([inputs.rows, network.inputs])
    let weights: [Variable<Double>] = network.weightInputs()
    let program = Program(inputs: [x] + weights, outputs: [network.outputs(of: x, weights: weights)])
    program.bind(input: 0, to: inputs.unsafePointer)
    for layer in network.affineLayers { program.bind(input: 1 + layer.index, to: mode.unsafePointer + layer.start) }
    program.run()
    let k = network.outputs
    return (0..<inputs.rows).map { row in (0..<k).map { program.output(0)[row * k + $0] } }
  }

  /// The likelihood's curvature with respect to the outputs, with unit noise.
  func outputCurvature(_ outputs: [Double]) -> Matrix<Double> {
    let k = outputs.count
    guard model.likelihood == .categorical else { return .identity(k) }
    let exponentials = outputs.map { exp($0) }
    let p = exponentials.map { $0 / exponentials.reduce(0, +) }
    return Matrix((0..<(k * k)).map { ($0 / k == $0 % k ? p[$0 / k] : 0) - p[$0 / k] * p[$0 % k] }, rows: k, columns: k)
  }

  /// The sum of J' Lambda J.
  func gaussNewton() -> Matrix<Double> {
    let n = model.network.parameterCount
    var sum = Matrix<Double>(rows: n, columns: n)
    for (jacobian, outputs) in zip(jacobians(data.inputs), outputs(data.inputs)) {
      let product = jacobian.multiplied(
        by: outputCurvature(outputs).multiplied(by: jacobian), transposeSelf: true)
      for i in 0..<n { for j in 0..<n { sum[i, j] += product[i, j] } }
    }
    return sum
  }
}

/// The largest difference of two matrices, next to the largest number.
func difference(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double {
  precondition(a.rows == b.rows && a.columns == b.columns, "\(a.rows) x \(a.columns), \(b.rows) x \(b.columns)")
  return difference(a.elements.array, b.elements.array)
}

func difference(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "\(a.count) numbers and \(b.count)")
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(b.reduce(0) { max($0, abs($1)) }, 1e-300)
}

extension CurvatureMatrix {
  /// The curvature written out.
  func dense(_ layers: [AffineLayer]) -> Matrix<Double> {
    switch self {
    case .full(let full): return full.matrix
    case .diagonal(let diagonal):
      let n = diagonal.values.count
      var result = Matrix<Double>(rows: n, columns: n)
      for i in 0..<n { result[i, i] = diagonal.values[i] }
      return result
    case .kronecker(let kronecker):
      let origin = layers[0].start
      let n = layers[layers.count - 1].end - origin
      var result = Matrix<Double>(rows: n, columns: n)
      for (layer, factors) in zip(layers, kronecker.layers) {
        let (a, g, m) = (factors.inputs.applying { $0 }, factors.outputs.applying { $0 }, layer.outputs)
        for i in 0..<layer.parameterCount {
          for j in 0..<layer.parameterCount {
            result[layer.start - origin + i, layer.start - origin + j] =
              a[i / m, j / m] * g[i % m, j % m] / Double(factors.rows)
          }
        }
      }
      return result
    }
  }

  var isDiagonal: Bool { if case .diagonal = self { true } else { false } }
}

extension Matrix where Scalar == Double {
  var diagonal: [Double] { (0..<rows).map { self[$0, $0] } }

  /// scale x self + diag(values)
  func plus(diagonal values: [Double], scale: Double) -> Matrix {
    var result = Matrix(elements.array.map { $0 * scale }, rows: rows, columns: columns)
    for i in 0..<rows { result[i, i] += values[i] }
    return result
  }

  /// Rows and columns of a part.
  func block(_ range: Range<Int>) -> Matrix {
    Matrix(range.flatMap { i in range.map { self[i, $0] } }, rows: range.count, columns: range.count)
  }
}

/// A model with random parameters at which a curvature can be measured, and data for it.
struct LaplaceCase: CustomTestStringConvertible {
  let name: String
  let model: BayesianModel
  let mode: Vector<Double>
  let data: Examples<Double>

  init(
    _ name: String, _ network: Network, _ likelihood: Likelihood, rows: Int = 7,
    prior: any Prior = GaussianPrior(scale: 0.7)
  ) {
    self.name = name
    model = BayesianModel(network: network, likelihood: likelihood, prior: prior)
    var mode = Vector<Double>.normal(RandomKey(seed: 3), count: model.parameterCount)
    for i in 0..<mode.count { mode[i] *= 0.5 }
    self.mode = mode
    data = examples(likelihood, rows: rows, inputs: network.inputs, outputs: network.outputs)
  }

  var testDescription: String { name }

  var dense: DenseLaplace { DenseLaplace(model: model, mode: mode, data: data) }

  func posterior(
    _ curvature: LaplaceApproximation.Curvature, scope: LaplaceApproximation.Scope = .all
  ) throws -> LaplacePosterior<Double> {
    try LaplacePosterior(model: model, mode: mode, data: data, curvature: curvature, scope: scope)
  }

  static func convolution(stride: Int = 1, padding: Int = 1, outputs: Int = 3) -> Network {
    do {
      return try Network(
        input: .image(height: 5, width: 4, channels: 2),
        layers: [
          .convolution(channels: 3, kernel: 3, stride: stride, padding: padding), .activation(.tanh),
          .maxPooling(window: 2), .dense(units: 4), .activation(.gelu), .dense(units: outputs),
        ])
    } catch {
      preconditionFailure("\(error)")
    }
  }

  static let all = [
    LaplaceCase(
      "regression", Network(inputs: 3, hidden: [4, 5], outputs: 2, activation: .tanh), .gaussian(scale: 0.3)),
    LaplaceCase("classes", Network(inputs: 3, hidden: [4], outputs: 3, activation: .softplus), .categorical),
    LaplaceCase(
      "learned noise", Network(inputs: 2, hidden: [5], outputs: 1, activation: .sigmoid),
      .gaussian(scale: 0.4, learned: true)),
    LaplaceCase("convolution, classes", convolution(), .categorical),
    LaplaceCase("convolution, regression", convolution(stride: 2, padding: 2, outputs: 2), .gaussian(scale: 1)),
  ]
}
