import Foundation
import Tensors

/// The density p(w) p(D | w)^t at a temperature that is moved along.
final class AnnealingPath {
  private let model: AnnealedModel
  private var likelihoodGradient: Vector<Double>
  var temperature = 0.0
  /// log p(D | w) where `density` was asked for last, at a temperature above 0.
  private(set) var logLikelihood = 0.0

  init(_ model: AnnealedModel) {
    self.model = model
    likelihoodGradient = Vector(count: model.dimension)
  }

  /// log p(w) + t log p(D | w) and its gradient.
  func density(_ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>) -> Double {
    let prior = model.logPrior(weights, gradient)
    // 0 times infinity is not a number.
    guard temperature > 0 else { return prior }
    let part = likelihoodGradient.unsafeMutablePointer()
    logLikelihood = model.logLikelihood(weights, part)
    Double.axpy(temperature, part, gradient, count: model.dimension)
    return prior + temperature * logLikelihood
  }

  func start(_ key: RandomKey) -> HamiltonianMonteCarlo.State {
    var weights = Vector<Double>(count: model.dimension)
    model.drawPrior(key, weights.unsafeMutablePointer())
    return HamiltonianMonteCarlo.State(weights, density)
  }
}

extension AnnealedImportanceSampling {
  /// Takes the pilot chains up the ladder together. At every temperature the logarithm of the step size moves by the
  /// chains' mean acceptance less the target (Robbins and Monro 1951, with a constant gain, since the right step size
  /// changes along the ladder); before the first, until it has settled at the prior.
  func pilotStepSizes(_ path: AnnealingPath, key: RandomKey) -> [Double] {
    path.temperature = 0
    var kernel = kernel
    var states = (0..<max(1, pilots)).map { path.start(key.folded(0).folded($0)) }
    func adapt(_ round: RandomKey, gain: Double) {
      var acceptance = 0.0
      for chain in states.indices {
        states[chain].evaluate(path.density)
        acceptance += kernel.transition(&states[chain], key: round.folded(chain), path.density).acceptance
      }
      kernel.stepSize *= exp(gain * (acceptance / Double(states.count) - targetAcceptance))
    }
    // Gains from 2 on reach any step size from any other; the last ones smooth.
    for round in 0..<60 { adapt(key.folded(1).folded(round), gain: 2 / (1 + 0.1 * Double(round))) }
    return (1..<max(1, ladder.steps)).map { step in
      path.temperature = ladder.values[step]
      for round in 0..<2 { adapt(key.folded(1 + step).folded(60 + round), gain: 0.5) }
      return kernel.stepSize
    }
  }
}
