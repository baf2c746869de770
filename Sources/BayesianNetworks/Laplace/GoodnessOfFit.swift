import Foundation
import Probability
import Tensors

/// What the likelihood of the data at the mode depends on, for any noise.
public enum GoodnessOfFit: Hashable, Sendable {
  /// The sum of squared residuals, and how many there are: examples x outputs.
  case gaussian(squares: Double, count: Int)
  case categorical(logLikelihood: Double)

  static func measured<Scalar: DensityScalar>(
    _ model: BayesianModel, parameters: Vector<Scalar>, data: Examples<Scalar>
  ) -> GoodnessOfFit {
    let pass = ForwardPass<Scalar>(model.network, blockRows: 512)
    let columns = model.network.outputs
    var sum = 0.0
    pass.run(parameters, data: data) { outputs, targets, rows in
      switch targets {
      case .values(let values):
        sum += Scalar.squaredResiduals(
          outputs: outputs, targets: values, count: rows.count * columns, gradient: nil, weight: 0)
      case .classes(let classes):
        sum -= Scalar.crossEntropy(
          logits: outputs, classes: classes, rows: rows.count, columns: columns, gradient: nil, weight: 0)
      }
    }
    switch data.targets {
    case .values: return .gaussian(squares: sum, count: data.count * columns)
    case .classes: return .categorical(logLikelihood: sum)
    }
  }

  /// log p(data | mode).
  ///
  /// - Parameter noisePrecision: 1 / noise^2; without meaning for classes.
  func logLikelihood(noisePrecision: Double) -> Double {
    switch self {
    case .gaussian(let squares, let count):
      0.5 * (Double(count) * log(noisePrecision / (2 * .pi)) - noisePrecision * squares)
    case .categorical(let value): value
    }
  }
}
