package import Autodiff
package import Probability
package import Tensors

/// w(h) = w0 + (h - centre) A: the linear hypernetwork of the poster "Stochastic hyperparameter optimization through
/// hypernetworks" (figure 4), with weights x (hyperparameters + 1) parameters.
package struct LinearResponse<Scalar: DensityScalar>: BestResponse {
  package let weightCount: Int
  package let hyperparameterCount: Int

  package init(weights: Int, hyperparameters: Int) {
    weightCount = weights
    hyperparameterCount = hyperparameters
  }

  package var parts: [ResponsePart] {
    [ResponsePart("weights", [weightCount]), ResponsePart("slopes", [hyperparameterCount, weightCount])]
  }

  package var isRecentrable: Bool { true }

  package func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar> {
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    withExtendedLifetime(weights) { Scalar.copy(weights.unsafePointer, into: base, count: weightCount) }
    return parameters
  }

  package func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>] {
    let moved = distances.matrixProduct(parts[1])
    return (0..<distances.shape.rows).map { parts[0] + moved.slice(from: $0 * weightCount, shape: [weightCount]) }
  }
}
