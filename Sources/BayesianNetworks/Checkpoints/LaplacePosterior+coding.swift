import Probability
import Tensors

/// The mode as a point has it, and the curvature in double precision: `curvature.matrix`, `curvature.diagonal`, or for
/// each layer the eigenvalues and eigenvectors (the rows) of its two factors, `layers.0.curvature.inputs.values` and so on.
extension LaplacePosterior: StoredPosterior {
  static var kind: String { "laplace" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.parameters(mode)
    var laplace = PosteriorDescription.Laplace(
      scope: scope.rawValue, curvature: .diagonal, logPriorDensity: logPriorDensity)
    switch fit {
    case .gaussian(let squares, let count): (laplace.squares, laplace.residuals) = (squares, count)
    case .categorical(let logLikelihood): laplace.logLikelihood = logLikelihood
    }
    switch priorPrecision {
    case .layers(let values): laplace.priorPrecisions = values
    case .weights(let values): archive.array("prior.precision", Vector(values), shape: [values.count])
    }
    switch curvature {
    case .full(let full):
      laplace.curvature = .full
      archive.array("curvature.matrix", full.matrix.elements, shape: [full.matrix.rows, full.matrix.columns])
    case .diagonal(let diagonal):
      archive.array("curvature.diagonal", diagonal.values, shape: [diagonal.values.count])
    case .kronecker(let kronecker):
      laplace.curvature = .kronecker
      laplace.rows = kronecker.layers.map(\.rows)
      for (layer, factors) in zip(parameters.layers, kronecker.layers) {
        for (name, factor) in [("inputs", factors.inputs), ("outputs", factors.outputs)] {
          let (name, n) = ("\(layer.name).curvature.\(name)", factor.values.count)
          archive.array("\(name).values", factor.values, shape: [n])
          archive.array("\(name).vectors", factor.transposedVectors.elements, shape: [n, n])
        }
      }
    }
    archive.description.laplace = laplace
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    guard let laplace = archive.description.laplace, let scope = LaplaceApproximation.Scope(rawValue: laplace.scope)
    else { throw .badMetadata(key: "posterior", reason: "it does not describe Laplace's approximation") }
    let parameters = ParameterScope(archive.model.network, scope)
    let mode = try archive.parameters()
    let curvature = try Self.curvature(laplace, parameters, &archive)
    let precision = try Self.precision(laplace, parameters, &archive)
    do {
      try self.init(
        model: archive.model, mode: mode, scope: scope, curvature: curvature,
        fit: try Self.fit(laplace, archive.model), priorPrecision: precision, logPriorDensity: laplace.logPriorDensity)
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw .badMetadata(key: "posterior", reason: "\(error)")
    }
  }

  private static func fit(
    _ laplace: PosteriorDescription.Laplace, _ model: BayesianModel
  ) throws(CheckpointError) -> GoodnessOfFit {
    switch (model.likelihood, laplace.squares, laplace.residuals, laplace.logLikelihood) {
    case (.gaussian, let squares?, let count?, _) where squares >= 0 && count >= 1:
      return .gaussian(squares: squares, count: count)
    case (.categorical, _, _, let logLikelihood?): return .categorical(logLikelihood: logLikelihood)
    default: throw .badMetadata(key: "posterior", reason: "the likelihood at the mode is missing")
    }
  }

  private static func precision(
    _ laplace: PosteriorDescription.Laplace, _ parameters: ParameterScope, _ archive: inout PosteriorReader<Scalar>
  ) throws(CheckpointError) -> PriorPrecision {
    guard let values = laplace.priorPrecisions else {
      let weights: Vector<Double> = try archive.array("prior.precision", shape: [parameters.count])
      return .weights(weights.array)
    }
    guard values.count == parameters.layers.count, values.allSatisfy(\.isFinite) else {
      throw .badMetadata(
        key: "posterior", reason: "\(values.count) prior precisions for \(parameters.layers.count) layers")
    }
    return .layers(values)
  }

  private static func curvature(
    _ laplace: PosteriorDescription.Laplace, _ parameters: ParameterScope, _ archive: inout PosteriorReader<Scalar>
  ) throws(CheckpointError) -> CurvatureMatrix {
    let n = parameters.count
    switch laplace.curvature {
    case .diagonal: return .diagonal(DiagonalCurvature(values: try archive.array("curvature.diagonal", shape: [n])))
    case .full:
      let matrix = Matrix<Double>(try archive.array("curvature.matrix", shape: [n, n]), rows: n, columns: n)
      do throws(LaplaceError) {
        return .full(try FullCurvature(lower: matrix, scope: parameters))
      } catch {
        throw .badMetadata(key: "posterior", reason: "\(error)")
      }
    case .kronecker:
      guard let rows = laplace.rows, rows.count == parameters.layers.count, rows.allSatisfy({ $0 >= 1 }) else {
        throw .badMetadata(key: "posterior", reason: "the rows of the Kronecker factors are missing")
      }
      var layers: [KroneckerCurvature.Layer] = []
      for (layer, rows) in zip(parameters.layers, rows) {
        layers.append(
          KroneckerCurvature.Layer(
            inputs: try factor("\(layer.name).curvature.inputs", layer.inputs + 1, &archive),
            outputs: try factor("\(layer.name).curvature.outputs", layer.outputs, &archive), rows: rows))
      }
      return .kronecker(KroneckerCurvature(layers: layers))
    }
  }

  private static func factor(
    _ name: String, _ n: Int, _ archive: inout PosteriorReader<Scalar>
  ) throws(CheckpointError) -> SymmetricEigendecomposition<Double> {
    SymmetricEigendecomposition(
      values: try archive.array("\(name).values", shape: [n]),
      transposedVectors: Matrix(try archive.array("\(name).vectors", shape: [n, n]), rows: n, columns: n))
  }
}

/// As of the posterior that it predicts with.
extension LinearizedPosterior: StoredPosterior {
  static var kind: String { "laplace-linearized" }

  func write(to archive: inout PosteriorWriter<Scalar>) { laplace.write(to: &archive) }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    self.init(try LaplacePosterior(from: &archive))
  }
}
