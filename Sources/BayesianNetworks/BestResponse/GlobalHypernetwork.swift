package import Tensors

/// The response over a whole region, once and for all: algorithm 2 of the poster "Stochastic hyperparameter optimization
/// through hypernetworks" (with the sign of its steps put right),
///
///     h ~ p(h);   phi <- phi - alpha grad_phi L(w_phi(h), h)
///
/// after which Q(w_phi(h), h) is read off anywhere in the region, and its optimum found without further training.
package struct GlobalHypernetwork: ResponseMethod {
  package var distribution: HyperparameterDistribution
  package var draws: Int
  package var sharesMinibatch: Bool

  package init(_ distribution: HyperparameterDistribution, draws: Int = 2, sharesMinibatch: Bool = true) {
    self.distribution = distribution
    self.draws = draws
    self.sharesMinibatch = sharesMinibatch
  }

  package var search: HyperparameterSearch? { nil }

  package func center(count: Int) -> [Double] { distribution.center }

  package func fill<Scalar: TensorScalar>(
    _ z: UnsafeMutablePointer<Scalar>, draws: Int, count: Int, key: RandomKey
  ) {
    distribution.fill(z, draws: draws, key: key)
  }
}
