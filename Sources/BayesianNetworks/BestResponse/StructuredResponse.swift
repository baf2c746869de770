package import Autodiff
import Foundation
package import Probability
package import Tensors

/// The best response of self-tuning networks (MacKay et al. 2019, section 3.3) in its Delta form (Bae and Grosse 2020):
/// for each affine layer, with distances d = h - centre,
///
///     W(h) = W0 + W1 scaled unit by unit with V d        b(h) = b0 + C d
///
/// The hyperparameters say by how much each unit's weights move along a direction W1 of their own. That is
/// 2 x weights + 2 x units x hyperparameters parameters, where the linear response has weights x hyperparameters. V and C
/// start at 0, so that the response does; the biases' direction of the paper is a factor that C can take up.
///
/// With the sigmoid gate the scale is s(V d + g) - s(g), which with W0 = s(g) W1 is the form s(V d + g) W1 that the paper
/// proves exact for a two-layer linear network whose Jacobian is penalised (its theorem 2).
package struct StructuredResponse<Scalar: DensityScalar>: BestResponse {
  package enum Gate: Hashable, Sendable { case linear, sigmoid }

  package let weightCount: Int
  package let hyperparameterCount: Int
  package let layers: [LayerLayout]
  package let gate: Gate

  package init(weights: Int, hyperparameters: Int, layers: [LayerLayout], gate: Gate = .linear) {
    precondition(
      zip([0] + layers.map(\.end), layers.map(\.start) + [weights]).allSatisfy { $0 <= $1 },
      "the layers do not lie one after another within the \(weights) weights")
    weightCount = weights
    hyperparameterCount = hyperparameters
    self.layers = layers
    self.gate = gate
  }

  package init(_ problem: any LayeredProblem<Scalar>, hyperparameters: Int? = nil, gate: Gate = .linear) {
    self.init(
      weights: problem.weightCount, hyperparameters: hyperparameters ?? problem.hyperparameterCount,
      layers: problem.layers, gate: gate)
  }

  private var unitCount: Int { layers.reduce(0) { $0 + $1.outputs } }
  private var scaling: UnitScaling<Scalar> { UnitScaling(layers: layers, weightCount: weightCount) }

  package var parts: [ResponsePart] {
    let gates: Shape = [hyperparameterCount, unitCount]
    return [
      ResponsePart("weights", [weightCount]), ResponsePart("directions", [scaling.directionCount]),
      ResponsePart("gates", gates), ResponsePart("shifts of the biases", gates),
    ] + (gate == .sigmoid ? [ResponsePart("offsets of the gates", [unitCount])] : [])
  }

  package var isRecentrable: Bool { gate == .linear }

  package func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar> {
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    withExtendedLifetime(weights) { Scalar.copy(weights.unsafePointer, into: base, count: weightCount) }
    var directions = base + weightCount
    for (index, layer) in layers.enumerated() {
      switch layer.response {
      case .together: Scalar.fill(directions, with: 1, count: layer.weightCount)
      case .random:
        Scalar.fillNormal(key.folded(index), offset: 0, into: directions, count: layer.weightCount)
        Scalar.scale(directions, by: Scalar(1 / Double(layer.inputs).squareRoot()), count: layer.weightCount)
      }
      directions += layer.weightCount
    }
    return parameters
  }

  package func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>] {
    var gates = distances.matrixProduct(parts[2])
    let shifts = distances.matrixProduct(parts[3])
    if gate == .sigmoid {
      let offsets = parts[4]
      gates =
        (gates + offsets.broadcastToRows(of: gates.shape)).sigmoid()
        - offsets.sigmoid().broadcastToRows(of: gates.shape)
    }
    let units = unitCount
    return (0..<distances.shape.rows).map { draw in
      scaling(
        parts[0], parts[1], gates.slice(from: draw * units, shape: [units]),
        shifts.slice(from: draw * units, shape: [units]))
    }
  }
}
