import BayesianNetworks
import Foundation
import Tensors

/// The exact best responses of figure 2, for any weight of the penalty.
///
/// Where the penalty is exp(h) |w|, its gradient is that of a |w|^2 with a = exp(h) / (2 |w|): the responses are those
/// of ridge regression, and h follows from a. So one path of ridge regressions, mean_i |e_i|^2 + a |w|^2, has the curve
/// of every way to scale loss and penalty. It is computed in the space of the few training images.
struct RidgePath {
  /// A ridge regression.
  struct Response {
    var logDecay: Double
    /// |w|
    var norm: Double
    /// Of the validation images, the mean over images and outputs.
    var squaredError: Double

    /// Q as in the poster.
    var loss: Double { PosterProblem.precision * squaredError + PosterProblem.constant }
    /// h of the poster's training loss that has this response: exp(h) = 2 (50 / 10) a |w|.
    var hyperparameter: Double { log(2 * PosterProblem.precision / Double(PosterProblem.outputs) * norm) + logDecay }
  }

  private let gram: Matrix<Double>
  private let cross: Matrix<Double>
  private let trainingTargets: Matrix<Double>
  private let validationTargets: Matrix<Double>

  init(training: Examples<Float>, validation: Examples<Float>) {
    let (a, b) = (training.inputsWithOnes(as: Double.self), validation.inputsWithOnes(as: Double.self))
    gram = a.gram()
    cross = b.multiplied(by: a, transposeOther: true)
    trainingTargets = training.targetValues(as: Double.self)
    validationTargets = validation.targetValues(as: Double.self)
  }

  private func dual(_ logDecay: Double) throws -> Matrix<Double> {
    var matrix = gram
    for i in 0..<gram.rows { matrix[i, i] += Double(gram.rows) * exp(logDecay) }
    return try matrix.cholesky().solve(trainingTargets)
  }

  private func norm(_ dual: Matrix<Double>) -> Double {
    let image = gram.multiplied(by: dual)
    return zip(dual.elements.array, image.elements.array).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
  }

  func response(logDecay: Double) throws -> Response {
    let dual = try dual(logDecay)
    let predictions = cross.multiplied(by: dual).elements.array
    let squares = zip(predictions, validationTargets.elements.array).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return Response(
      logDecay: logDecay, norm: norm(dual), squaredError: squares / Double(predictions.count))
  }

  /// The best response at a hyperparameter of the poster's training loss, by bisection: h rises with a.
  func response(at hyperparameter: Double) throws -> Response {
    var (low, high) = (-20.0, 20.0)
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      let response = Response(logDecay: middle, norm: norm(try dual(middle)), squaredError: .nan)
      if response.hyperparameter < hyperparameter { low = middle } else { high = middle }
    }
    return try response(logDecay: 0.5 * (low + high))
  }

  /// The response with the least validation loss, by a grid and a golden section.
  func optimum() throws -> Response {
    let grid = try stride(from: -10.0, through: 6, by: 0.25).map { try response(logDecay: $0) }
    guard let best = grid.min(by: { $0.loss < $1.loss }) else { preconditionFailure("the grid has points") }
    var (low, high) = (best.logDecay - 0.25, best.logDecay + 0.25)
    let share = 0.5 * (3 - 5.0.squareRoot())
    for _ in 0..<30 {
      let (a, b) = (low + share * (high - low), high - share * (high - low))
      if try response(logDecay: a).loss < response(logDecay: b).loss { high = b } else { low = a }
    }
    return try response(logDecay: 0.5 * (low + high))
  }
}
