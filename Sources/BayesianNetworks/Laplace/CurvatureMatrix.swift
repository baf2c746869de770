import Foundation
import Probability
import Tensors

/// The curvature of the negative log likelihood with respect to the uncertain weights, summed over the data. That of a
/// Gaussian likelihood is measured with unit noise, so that the noise can be changed at no cost.
public enum CurvatureMatrix: Sendable {
  case full(FullCurvature)
  case diagonal(DiagonalCurvature)
  case kronecker(KroneckerCurvature)

  static func measured<Scalar: DensityScalar>(
    _ kind: LaplaceApproximation.Curvature, model: BayesianModel, scope: ParameterScope, parameters: Vector<Scalar>,
    data: Examples<Scalar>, largestFull: Int
  ) throws(LaplaceError) -> CurvatureMatrix {
    let network = model.network
    let seeds = JacobianSeeds.likelihoodRoot(model.likelihood)
    switch kind {
    case .full:
      try FullCurvature.checkCount(scope.count, limit: largestFull)
      return .full(
        try .gaussNewton(network, scope: scope, parameters: parameters, inputs: data.inputs, seeds: seeds))
    case .hessian:
      try FullCurvature.checkCount(scope.count, limit: largestFull)
      return .full(try .hessian(model, scope: scope, parameters: parameters, data: data))
    case .diagonal:
      return .diagonal(
        try .gaussNewton(network, scope: scope, parameters: parameters, inputs: data.inputs, seeds: seeds))
    case .kronecker:
      return .kronecker(
        try .gaussNewton(network, scope: scope, parameters: parameters, inputs: data.inputs, seeds: seeds))
    }
  }

  /// The Gaussian of the uncertain weights with the precision `scale` x curvature + prior.
  func gaussian<Scalar: DensityScalar>(
    scale: Double, prior: PriorPrecision, scope: ParameterScope, priorName: String
  ) throws(LaplaceError) -> any WeightGaussian<Scalar> {
    switch self {
    case .full(let curvature):
      return FullGaussian<Scalar>(
        try curvature.factor(scale: scale, prior: prior.diagonal(scope), scope: scope), scope: scope)
    case .diagonal(let curvature):
      let precision = zip(curvature.values.array, prior.diagonal(scope)).map { scale * $0 + $1 }
      if let index = precision.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
        throw .notPositiveDefinite(place: scope.name(index))
      }
      return IndependentGaussian<Scalar>(precision: precision, scope: scope)
    case .kronecker(let curvature):
      guard case .layers(let values) = prior else { throw .priorVariesWithinLayer(prior: priorName) }
      let layers = try zip(scope.layers, zip(curvature.layers, values)).map {
        layer, parts throws(LaplaceError) -> KroneckerGaussian<Scalar>.Layer in
        let precision = parts.0.eigenvalues().map { scale * $0 + parts.1 }
        guard precision.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .notPositiveDefinite(place: layer.name) }
        return .init(layer, parts.0, precision: precision)
      }
      return KroneckerGaussian<Scalar>(layers: layers, scope: scope)
    }
  }

  /// The eigenvalues of the curvature, as one array for each part whose prior precision adds to them alone.
  func eigenvalues(_ scope: ParameterScope) throws(LaplaceError) -> [[Double]] {
    switch self {
    case .diagonal(let curvature):
      let values = curvature.values.array
      return scope.layers.map { Array(values[scope.range(of: $0)]) }
    case .kronecker(let curvature): return curvature.layers.map { $0.eigenvalues() }
    case .full(let curvature):
      do throws(LinearAlgebraError) {
        return [try curvature.matrix.symmetricEigendecomposition().values.array]
      } catch {
        throw .notFinite(place: "\(error)")
      }
    }
  }
}
