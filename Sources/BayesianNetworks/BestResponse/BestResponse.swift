package import Autodiff
package import Probability
package import Tensors

/// A hypernetwork: weights as a function w_phi(h) of the hyperparameters, with parameters phi of its own. Trained, it is
/// the best response of the weights, argmin over w of L(w, h), for all h of a region.
///
/// It sees the distance of h from a centre: the current hyperparameters of a local search, or the middle of a region.
package protocol BestResponse<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  /// How many numbers it gives.
  var weightCount: Int { get }
  var hyperparameterCount: Int { get }

  /// The arrays that phi is made of, one after another in one flat buffer.
  var parts: [ResponsePart] { get }

  /// Whether the response is affine in h with the first `weightCount` numbers of phi added to it: then the centre can move
  /// without a change of the function.
  var isRecentrable: Bool { get }

  /// phi before the first step: the response is `weights` everywhere, or close to it.
  func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar>

  /// The weights at some hyperparameters.
  ///
  /// - Parameters:
  ///   - distances: draws x hyperparameterCount, h - centre.
  ///   - parts: One variable for each of `parts`.
  /// - Returns: One array of `weightCount` for each draw.
  func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>]
}

/// An array of a hypernetwork's parameters.
package struct ResponsePart: Hashable, Sendable {
  package var name: String
  package var shape: Shape

  package init(_ name: String, _ shape: Shape) {
    self.name = name
    self.shape = shape
  }
}

extension BestResponse {
  package var parameterCount: Int { parts.reduce(0) { $0 + $1.shape.count } }

  /// Where each part begins in the flat buffer.
  var starts: [Int] {
    var start = 0
    return parts.map { part in
      defer { start += part.shape.count }
      return start
    }
  }

  /// The name of the part that a parameter belongs to, for messages.
  func locate(_ parameter: Int) -> String {
    for (part, start) in zip(parts, starts) where parameter < start + part.shape.count { return part.name }
    return "parameter \(parameter)"
  }
}
