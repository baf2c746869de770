import BayesianNetworks
import Foundation
import Tensors

/// The squared errors of linear models on all validation images, from the images' second moments: with C = X'X / n and
/// R = X'T / n an output's mean squared error is w'Cw - 2 w'R + mean t^2, which costs no pass over the images.
struct ValidationErrors {
  private let moments: Matrix<Float>
  /// As the weights lie: inputs with the bias at the end, times outputs.
  private let products: Matrix<Float>
  private let targetSquares: [Double]

  init(_ examples: Examples<Float>) {
    let (inputs, targets) = (examples.inputsWithOnes(as: Float.self), examples.targetValues(as: Float.self))
    let scale = 1 / Float(examples.count)
    func scaled(_ matrix: Matrix<Float>) -> Matrix<Float> {
      Matrix(matrix.elements.array.map { $0 * scale }, rows: matrix.rows, columns: matrix.columns)
    }
    moments = scaled(inputs.gram(transposed: true))
    products = scaled(inputs.multiplied(by: targets, transposeSelf: true))
    targetSquares = (0..<targets.columns).map { column in
      (0..<targets.rows).reduce(0) { $0 + Double(targets[$1, column] * targets[$1, column]) } * Double(scale)
    }
  }

  /// Each output's part of the validation loss, without the constant, of each of some models.
  func losses(_ models: [Vector<Float>]) -> [[Double]] {
    let (rows, outputs) = (products.rows, products.columns)
    let columns = models.count * outputs
    var all = Matrix<Float>(rows: rows, columns: columns)
    let memory = all.unsafeMutablePointer()
    for (model, weights) in models.enumerated() {
      withExtendedLifetime(weights) {
        for row in 0..<rows {
          Float.copy(
            weights.unsafePointer + row * outputs, into: memory + row * columns + model * outputs, count: outputs)
        }
      }
    }
    let images = moments.multiplied(by: all)
    var errors = Array(repeating: 0.0, count: columns)
    withExtendedLifetime((all, images, products)) {
      let (w, image, product) = (all.unsafePointer, images.unsafePointer, products.unsafePointer)
      for row in 0..<rows {
        for column in 0..<columns {
          let place = row * columns + column
          errors[column] += Double(w[place] * (image[place] - 2 * product[row * outputs + column % outputs]))
        }
      }
    }
    let factor = PosterProblem.precision / Double(outputs)
    return (0..<models.count).map { model in
      (0..<outputs).map { factor * (errors[model * outputs + $0] + targetSquares[$0]) }
    }
  }

  /// The validation loss of each of some models.
  func totals(_ models: [Vector<Float>]) -> [Double] {
    losses(models).map { $0.reduce(PosterProblem.constant, +) }
  }
}
