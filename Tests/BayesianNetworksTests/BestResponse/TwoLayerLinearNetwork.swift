import Autodiff
import BayesianNetworks
import Foundation
import Tensors

/// The network of theorem 2 of "Self-tuning networks": y = s' Q x with squared error, and exp(h) times the squared Jacobian
/// |Q' s|^2 as penalty. As a function of x its best response is ridge regression.
struct TwoLayerLinearNetwork: LayeredProblem {
  static let features = 3
  let training: Examples<Double>
  var validation: Examples<Double> { training }

  init() {
    let (rows, n) = (12, Self.features)
    // Columns of different lengths that are not orthogonal.
    let scales = [2, 1, 0.5]
    var x: [Double] = []
    var t: [Double] = []
    for row in 0..<rows {
      let common = 0.3 * cos(Double(row))
      let features = (0..<n).map { sin(Double(3 * row + 5 * $0 + 1)) * scales[$0] + common }
      let noise = 0.1 * sin(Double(7 * row))
      x += features
      t.append(features[0] - 2 * features[1] + features[2] + noise)
    }
    training = Examples(
      inputs: Matrix(x, rows: rows, columns: n), targets: .values(Matrix(t, rows: rows, columns: 1)))
  }

  var layers: [LayerLayout] {
    let n = Self.features
    return [
      LayerLayout(name: "Q", start: 0, inputs: n, outputs: n),
      LayerLayout(name: "s", start: n * n + n, inputs: n, outputs: 1),
    ]
  }

  // The biases are there and not used.
  var weightCount: Int { layers[1].end }
  var hyperparameterCount: Int { 1 }

  func initialWeights(key: RandomKey) -> Vector<Double> {
    var weights = Vector<Double>.normal(key, count: weightCount)
    for i in 0..<weightCount { weights[i] *= 0.7 }
    return weights
  }

  /// Q' s, the weights of the function of x.
  func slopes(_ weights: Variable<Double>) -> Variable<Double> {
    let n = Self.features
    let first = weights.slice(from: 0, shape: [n, n])
    return first.matrixProduct(weights.slice(from: layers[1].start, shape: [n, 1]))
  }

  func slopes(_ weights: [Double]) -> [Double] {
    let n = Self.features
    return (0..<n).map { i in (0..<n).reduce(0) { $0 + weights[i * n + $1] * weights[layers[1].start + $1] } }
  }

  func trainingLoss(
    _ examples: ExampleVariables<Double>, weights: Variable<Double>, hyperparameters: Variable<Double>, noise: [Int]
  ) -> Variable<Double> {
    let slopes = slopes(weights)
    let errors = examples.inputs.matrixProduct(slopes) - examples.targets
    return errors.squared().sum() + hyperparameters.exp() * slopes.squared().sum()
  }

  func validationLoss(
    _ examples: ExampleVariables<Double>, weights: Variable<Double>, hyperparameters: Variable<Double>, noise: [Int]
  ) -> Variable<Double> {
    (examples.inputs.matrixProduct(slopes(weights)) - examples.targets).squared().sum()
  }

  /// The eigenvectors of X'X (in columns), its eigenvalues, and the components of the unregularised solution along them.
  var principal: (vectors: Matrix<Double>, values: [Double], solution: [Double]) {
    let n = Self.features
    guard case .values(let targets) = training.targets else { fatalError("the targets are values") }
    let eigen = try! SymmetricEigendecomposition(training.inputs.gram(transposed: true))
    let right = training.inputs.multiplied(by: targets.elements, transposeSelf: true)
    let solution = (0..<n).map { j in
      (0..<n).reduce(0) { $0 + eigen.transposedVectors[j, $1] * right[$1] } / eigen.values[j]
    }
    return (eigen.transposedVectors.transposed(), eigen.values.array, solution)
  }

  /// (X'X + exp(h))^-1 X't
  func ridge(_ h: Double) -> [Double] {
    let (vectors, values, solution) = principal
    return (0..<Self.features).map { i in
      (0..<Self.features).reduce(0) { $0 + vectors[i, $1] * solution[$1] * values[$1] / (values[$1] + exp(h)) }
    }
  }
}
