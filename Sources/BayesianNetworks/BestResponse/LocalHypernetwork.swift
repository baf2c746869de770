/// The response around the current hyperparameters, trained in turn with them: algorithm 3 of the poster "Stochastic
/// hyperparameter optimization through hypernetworks" (with the sign of its steps put right),
///
///     h ~ N(h', scale^2);   phi <- phi - alpha grad_phi L(w_phi(h), h)
///     h' <- h' - beta d/dh' Q(w_phi(h'), h')
///
/// The perturbation is what tells the response's slope: without it see `FixedLocalHypernetwork`.
package struct LocalHypernetwork: ResponseMethod {
  private let outer: HyperparameterSearch
  package var draws: Int
  package var sharesMinibatch: Bool

  package init(_ search: HyperparameterSearch, draws: Int = 2, sharesMinibatch: Bool = true) {
    outer = search
    self.draws = draws
    self.sharesMinibatch = sharesMinibatch
  }

  package var search: HyperparameterSearch? { outer }
}
