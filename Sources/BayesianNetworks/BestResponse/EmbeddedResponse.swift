package import Autodiff
package import Probability
package import Tensors

/// A response to a few learned directions of many hyperparameters: w(h) = r(E (h - centre) + e) with a response r to as
/// many numbers as the embedding has units.
///
/// Before a linear response it is the factorised hypernetwork of the poster "Stochastic hyperparameter optimization
/// through hypernetworks" for a weight decay of every weight: 164,860 parameters for 7,850 hyperparameters and ten units.
/// Before a structured response the weights' part does not grow with the units.
package struct EmbeddedResponse<Scalar: DensityScalar>: BestResponse {
  package let response: any BestResponse<Scalar>
  package let hyperparameterCount: Int

  /// - Parameter response: Its hyperparameters are the units of the embedding.
  package init(_ response: any BestResponse<Scalar>, hyperparameters: Int) {
    self.response = response
    hyperparameterCount = hyperparameters
  }

  package var units: Int { response.hyperparameterCount }
  package var weightCount: Int { response.weightCount }

  package var parts: [ResponsePart] {
    response.parts + [
      ResponsePart("embedding", [units, hyperparameterCount]), ResponsePart("biases of the embedding", [units]),
    ]
  }

  package var isRecentrable: Bool { response.isRecentrable }

  package func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar> {
    let first = response.initialParameters(weights: weights, key: key.folded(0))
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    let count = hyperparameterCount * units
    withExtendedLifetime(first) { Scalar.copy(first.unsafePointer, into: base, count: first.count) }
    Scalar.fillNormal(key.folded(1), offset: 0, into: base + first.count, count: count)
    Scalar.scale(base + first.count, by: Scalar(1 / Double(hyperparameterCount).squareRoot()), count: count)
    return parameters
  }

  package func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>] {
    let embedding = parts[parts.count - 2]
    // A row for each unit: the products run along the many hyperparameters.
    let products = distances.matrixProduct(embedding, transposeB: true)
    let embedded = products + parts[parts.count - 1].broadcastToRows(of: products.shape)
    return response.weights(distances: embedded, parts: Array(parts.dropLast(2)))
  }
}
