import Foundation
import Probability
import Tensors

/// 1/2 sum_i ln (beta lambda_i + delta_i) with the diagonal lambda of the Gauss-Newton matrix for unit noise, the prior
/// precisions delta and the noise precision beta; the derivatives with respect to the logarithms of the scales are
/// -delta_i / (beta lambda_i + delta_i), and -sum_i beta lambda_i / (beta lambda_i + delta_i) for the noise.
final class GaussNewtonDeterminant<Scalar: DensityScalar>: CurvatureDeterminant {
  private let problem: PointEstimateProblem<Scalar>
  private let grouping: ScaleGrouping
  private let scope: ParameterScope
  private let refresh: Int

  /// nil where other hyperparameters than prior scales and the noise are chosen, and where the inputs of L are not as
  /// they are.
  init?(_ problem: PointEstimateProblem<Scalar>, refresh: Int) {
    guard case .gaussian(let grouping) = problem.prior, problem.tuning.isSubset(of: [.noise]),
      problem.augmentation.isEmpty
    else { return nil }
    self.problem = problem
    self.grouping = grouping
    self.refresh = refresh
    scope = ParameterScope(problem.network, .all)
  }

  var keptCount: Int { problem.weightCount }

  func add(
    weights: Vector<Scalar>, hyperparameters: UnsafePointer<Scalar>, step: Int, kept: inout Vector<Scalar>,
    to gradient: UnsafeMutablePointer<Scalar>
  ) throws(HypergradientError) -> Double {
    if step % refresh == 0 { try renew(&kept, weights: weights, step: step) }
    let logNoise = problem.tuning.contains(.noise) ? Double(hyperparameters[problem.scaleCount]) : nil
    let beta = noisePrecision(logNoise)
    let curvature = kept.unsafePointer
    var (half, known) = (0.0, 0.0)
    for layer in problem.network.affineLayers {
      var left = 0.0
      for i in layer.range {
        let group = grouping == .global ? 0 : grouping == .layers ? layer.index : i
        let delta = exp(-2 * Double(hyperparameters[group]))
        let data = beta * Double(curvature[i])
        half += 0.5 * log(data + delta)
        known += data / (data + delta)
        if grouping == .weights {
          gradient[i] -= Scalar(delta / (data + delta))
        } else {
          left += delta / (data + delta)
        }
      }
      if grouping != .weights { gradient[grouping == .global ? 0 : layer.index] -= Scalar(left) }
    }
    if logNoise != nil { gradient[problem.scaleCount] -= Scalar(known) }
    withExtendedLifetime(kept) {}
    return half
  }

  private func noisePrecision(_ logNoise: Double?) -> Double {
    switch problem.likelihood {
    case .categorical: 1
    case .gaussian(let scale, _): logNoise.map { exp(-2 * $0) } ?? 1 / (scale * scale)
    }
  }

  private func renew(
    _ kept: inout Vector<Scalar>, weights: Vector<Scalar>, step: Int
  ) throws(HypergradientError) {
    let diagonal: DiagonalCurvature
    do throws(LaplaceError) {
      diagonal = try .gaussNewton(
        problem.network, scope: scope, parameters: weights, inputs: problem.training.inputs,
        seeds: .likelihoodRoot(problem.likelihood))
    } catch {
      throw .diverged(step: step + 1, trainingStep: nil, reason: "\(error)")
    }
    let (memory, values) = (kept.unsafeMutablePointer(), diagonal.values)
    for i in 0..<values.count { memory[i] = Scalar(values[i]) }
  }
}
