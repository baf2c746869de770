import Autodiff
import Probability
import Tensors

/// The second derivative of -log p(w) at the mode: what the prior adds to the curvature.
public enum PriorPrecision: Hashable, Sendable {
  /// One number for each layer that is uncertain.
  case layers([Double])
  /// One number for each weight that is uncertain.
  case weights([Double])

  /// - Throws: `LaplaceError.priorWithoutCurvature` for a prior with a kink.
  static func at<Scalar: DensityScalar>(
    _ mode: Vector<Scalar>, of prior: any Prior, scope: ParameterScope
  ) throws(LaplaceError) -> PriorPrecision {
    if let gaussian = prior as? GaussianPrior {
      return .layers(scope.layers.map { _ in 1 / (gaussian.scale * gaussian.scale) })
    }
    guard !(prior is LaplacePrior) else { throw .priorWithoutCurvature(prior: "\(prior)") }
    // The weights are independent: the Hessian is diagonal, and its product with ones is that diagonal.
    let w = Variable<Double>.input([scope.count], name: "weights")
    let ones = Variable<Double>.filled(.constant(1), shape: [scope.count])
    let product = hessianVectorProduct(
      of: -prior.restricted(to: scope.range).logDensity(w), withRespectTo: [w], times: [ones])
    let program = Program(inputs: [w], outputs: product)
    let weights = Vector(mode[scope.range].doubles)
    program.bind(input: 0, to: weights.unsafePointer)
    program.run()
    let diagonal = withExtendedLifetime(weights) {
      Array(UnsafeBufferPointer(start: program.output(0), count: scope.count))
    }
    guard diagonal.allSatisfy(\.isFinite) else { throw .priorWithoutCurvature(prior: "\(prior)") }
    return uniform(diagonal, scope: scope) ?? .weights(diagonal)
  }

  /// One number a layer, where the weights of each layer have the same.
  private static func uniform(_ diagonal: [Double], scope: ParameterScope) -> PriorPrecision? {
    var values: [Double] = []
    for layer in scope.layers {
      let part = diagonal[scope.range(of: layer)]
      guard let first = part.first, part.allSatisfy({ abs($0 - first) <= 1e-12 * abs(first) }) else { return nil }
      values.append(first)
    }
    return .layers(values)
  }

  /// One number for each weight.
  func diagonal(_ scope: ParameterScope) -> [Double] {
    switch self {
    case .weights(let values): values
    case .layers(let values):
      zip(scope.layers, values).flatMap { layer, value in Array(repeating: value, count: layer.parameterCount) }
    }
  }
}
