package import Tensors

/// The response at the current hyperparameters alone: algorithm 4 of the poster "Stochastic hyperparameter optimization
/// through hypernetworks",
///
///     phi <- phi - alpha grad_phi L(w_phi(h'), h')
///     h' <- h' - beta d/dh' Q(w_phi(h'), h')
///
/// It is here for comparison and is not to be relied on. A response that is fitted at one point has no slope there that
/// means anything: where it stops depends on the start and on the rates, and may be far from the optimum.
package struct FixedLocalHypernetwork: ResponseMethod {
  private let outer: HyperparameterSearch

  package init(_ search: HyperparameterSearch) {
    outer = search
  }

  /// What to tell the user of it.
  package static let warning =
    "without perturbations the response's slope is not identified: the result depends on the start and the rates"

  package var draws: Int { 1 }
  package var sharesMinibatch: Bool { true }
  package var search: HyperparameterSearch? { outer }

  package func fill<Scalar: TensorScalar>(
    _ z: UnsafeMutablePointer<Scalar>, draws: Int, count: Int, key: RandomKey
  ) {
    Scalar.fill(z, with: 0, count: draws * count)
  }
}
