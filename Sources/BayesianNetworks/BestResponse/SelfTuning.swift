/// Self-tuning networks (MacKay et al. 2019, algorithm 1) in their Delta form (Bae and Grosse 2020): the local method with
/// a response that is centred at the current hyperparameters, a few draws that share the minibatch's examples between
/// them, and a perturbation scale s that is trained as well,
///
///     h ~ N(h', s^2);   phi <- phi - alpha grad_phi L(w_phi(h), h)
///     h', s <- h', s - beta grad [Q(w_phi(h' + s z), h' + s z) / n - tau sum log s]
///
/// With `StructuredResponse` a step costs little more than one of the network itself. It is the default way of the
/// project.
package struct SelfTuning: ResponseMethod {
  private let outer: HyperparameterSearch
  package var draws: Int
  package var sharesMinibatch: Bool

  /// - Parameter scaleTraining: nil keeps the perturbation scale of the search.
  package init(
    _ search: HyperparameterSearch, draws: Int = 4, sharesMinibatch: Bool = false,
    scaleTraining: PerturbationScaleTraining? = PerturbationScaleTraining()
  ) {
    var search = search
    search.centersResponse = true
    search.scaleTraining = scaleTraining
    outer = search
    self.draws = draws
    self.sharesMinibatch = sharesMinibatch
  }

  package var search: HyperparameterSearch? { outer }
}
