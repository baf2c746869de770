package import Autodiff
import Foundation
package import Probability
package import Tensors

/// A multilayer perceptron from hyperparameters to weights with a linear last layer: the hypernetwork of the poster
/// "Stochastic hyperparameter optimization through hypernetworks" (figure 2: 1-50-7850 with 400,450 parameters). It
/// follows curved responses over a wide region, for weights x (units + 1) parameters.
package struct PerceptronResponse<Scalar: DensityScalar>: BestResponse {
  package let weightCount: Int
  package let hyperparameterCount: Int
  package let hidden: [Int]
  package let activation: Activation
  /// By what the distances are divided: about half of the region's width in each direction.
  package let inputScales: [Double]
  /// The standard deviation of the weights' first spread over the region.
  package let initialSpread: Double

  package init(
    weights: Int, hyperparameters: Int, hidden: [Int] = [50], activation: Activation = .tanh,
    inputScales: [Double]? = nil, initialSpread: Double = 0.01
  ) {
    precondition(!hidden.isEmpty, "a perceptron without hidden layers is the linear response")
    weightCount = weights
    hyperparameterCount = hyperparameters
    self.hidden = hidden
    self.activation = activation
    self.inputScales = inputScales ?? Array(repeating: 1, count: hyperparameters)
    self.initialSpread = initialSpread
    precondition(
      self.inputScales.count == hyperparameters, "\(self.inputScales.count) scales for \(hyperparameters) inputs")
  }

  private var widths: [Int] { [hyperparameterCount] + hidden + [weightCount] }

  package var parts: [ResponsePart] {
    zip(widths, widths.dropFirst()).enumerated().map { index, sizes in
      ResponsePart("layer \(index)", [(sizes.0 + 1) * sizes.1])
    }
  }

  package var isRecentrable: Bool { false }

  package func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar> {
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    for (index, start) in starts.enumerated() {
      let (inputs, outputs) = (widths[index], widths[index + 1])
      let isLast = index == hidden.count
      let count = isLast ? inputs * outputs : (inputs + 1) * outputs
      Scalar.fillNormal(key.folded(index), offset: 0, into: base + start, count: count)
      // The biases of the hidden units place their bends over the region.
      Scalar.scale(base + start, by: Scalar((isLast ? initialSpread : 1) / Double(inputs).squareRoot()), count: count)
      if isLast {
        withExtendedLifetime(weights) {
          Scalar.copy(weights.unsafePointer, into: base + start + count, count: outputs)
        }
      }
    }
    return parameters
  }

  package func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>] {
    var x = distances
    if inputScales.contains(where: { $0 != 1 }) {
      let factors = Variable<Scalar>.constant(inputScales.map { Scalar(1 / $0) }, shape: [hyperparameterCount])
      x = x * factors.broadcastToRows(of: x.shape)
    }
    for (index, part) in parts.enumerated() {
      x = x.affine(part, inputs: widths[index], outputs: widths[index + 1])
      if index < hidden.count { x = activation(x) }
    }
    return (0..<distances.shape.rows).map { x.slice(from: $0 * weightCount, shape: [weightCount]) }
  }
}
