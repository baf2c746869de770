package import Autodiff
import Foundation
package import Probability
package import Tensors

/// Variational inference of a multilayer perceptron with discrete choices: among activations, prior families with scales
/// of their own, and lists of hidden widths. The weights are the means of all weights, then their rhos, and then the
/// logarithm of a learned noise scale.
///
/// With draws y of the concrete distribution, a hidden unit is the sum of its activations weighted by y, the complexity is
/// the sum of those of the families weighted by y, and units that a width does not have are multiplied by the sum of the y
/// of the widths that have them. The complexity counts a weight by the sum of the y of the widths in which both its ends
/// exist: weights of absent units cost nothing. At one-hot y, L is the negative evidence lower bound of the network with
/// the chosen activation, prior and widths, as in `VariationalProblem`.
package struct RelaxedVariationalProblem<Scalar: DensityScalar>: RelaxedProblem, LayeredProblem {
  package typealias Objective = VariationalProblem<Scalar>.Objective

  /// The choices in their order.
  package enum Choice: Int, Hashable, Sendable, CaseIterable {
    case activation, prior, width
  }

  /// The network with the largest widths.
  package let network: Network
  package let likelihood: Likelihood
  package let activations: [Activation]
  package let priors: [PriorOption]
  /// Widths of the hidden layers, for each option.
  package let widths: [[Int]]
  /// Posterior samples of each example.
  package let samples: Int
  package let objective: Objective
  package let initialization: PosteriorInitialization
  package let training: Examples<Scalar>
  package let validation: Examples<Scalar>
  private let masks: WidthMasks<Scalar>

  /// - Parameters:
  ///   - widths: Of equal depth; one empty list is a linear model.
  ///   - likelihood: A learned noise scale is learned with the weights.
  package init(
    inputs: Int, outputs: Int, likelihood: Likelihood, activations: [Activation], priors: [PriorOption],
    widths: [[Int]], samples: Int = 1, objective: Objective = .evidence,
    initialization: PosteriorInitialization = .init(means: .fanIn), training: Examples<Scalar>
  ) {
    precondition(!activations.isEmpty && !priors.isEmpty && !widths.isEmpty, "each choice needs an option")
    precondition(
      widths.allSatisfy { $0.count == widths[0].count && $0.allSatisfy { $0 >= 1 } },
      "the lists of widths are of one depth and positive, got \(widths)")
    precondition(samples >= 1, "at least one posterior sample is needed, got \(samples)")
    for prior in priors { precondition(prior.fault == nil, prior.fault ?? "") }
    let largest = widths[0].indices.map { layer in widths.map { $0[layer] }.max() ?? 1 }
    network = Network(inputs: inputs, hidden: largest, outputs: outputs, activation: activations[0])
    masks = WidthMasks(network, widths: widths)
    self.likelihood = likelihood
    self.activations = activations
    self.priors = priors
    self.widths = widths
    self.samples = samples
    self.objective = objective
    self.initialization = initialization
    self.training = training
    validation =
      switch objective {
      case .evidence: training
      case .validation(let examples): examples
      }
  }

  package var choices: [RelaxedChoice] {
    [
      RelaxedChoice(name: "activation", options: activations.map(\.rawValue)),
      RelaxedChoice(name: "prior", options: priors.map(\.name)),
      RelaxedChoice(name: "widths", options: widths.map { $0.map(String.init).joined(separator: "x") }),
    ]
  }

  /// The likelihood of validation examples has no prior in it.
  package func objectiveDepends(onChoice index: Int) -> Bool {
    if case .validation = objective { index != Choice.prior.rawValue } else { true }
  }

  package var weightCount: Int { 2 * network.parameterCount + likelihood.parameterCount }

  package var layers: [LayerLayout] { network.posteriorLayout }

  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    initialization.parameters(of: network, followedBy: likelihood.initialParameters, key: key)
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    negativeLowerBound(examples, weights, hyperparameters, noise)
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    switch objective {
    case .evidence: return negativeLowerBound(examples, weights, hyperparameters, noise)
    case .validation(let all):
      let misfit = misfit(examples, weights, draws(hyperparameters, noise), noise)
      return misfit * Scalar(Double(all.count) / Double(examples.rows))
    }
  }

  private func draws(_ hyperparameters: Variable<Scalar>, _ noise: [Int]) -> [Variable<Scalar>] {
    samples(hyperparameters, labels: noise + [Self.choiceLabel])
  }

  private func negativeLowerBound(
    _ examples: ExampleVariables<Scalar>, _ weights: Variable<Scalar>, _ hyperparameters: Variable<Scalar>,
    _ noise: [Int]
  ) -> Variable<Scalar> {
    let draws = draws(hyperparameters, noise)
    let misfit = misfit(examples, weights, draws, noise)
    return misfit * Scalar(Double(training.count) / Double(examples.rows)) + divergence(weights, draws, noise)
  }

  /// A layer's means and standard deviations.
  private func posterior(
    _ weights: Variable<Scalar>, _ layer: AffineLayer
  ) -> (mean: Variable<Scalar>, scale: Variable<Scalar>) {
    let shape: Shape = [layer.parameterCount]
    let rho = weights.slice(from: network.parameterCount + layer.start, shape: shape)
    return (weights.slice(from: layer.start, shape: shape), rho.softplus())
  }

  /// -E_q log p(y | x, w), summed over the examples, with sampled activations; a last layer under a Gaussian likelihood is
  /// integrated over.
  private func misfit(
    _ examples: ExampleVariables<Scalar>, _ weights: Variable<Scalar>, _ draws: [Variable<Scalar>], _ noise: [Int]
  ) -> Variable<Scalar> {
    var x = examples.inputs
    var lastVariance: Variable<Scalar>?
    for layer in network.affineLayers {
      let isLast = layer.index == network.affineLayers.count - 1
      let geometry = layer.geometry(inputCount: x.shape.count)
      let (mean, scale) = posterior(weights, layer)
      let outputMean = x.affine(mean, geometry)
      let outputVariance = x.squared().affine(scale.squared(), geometry)
      if isLast, case .gaussian = likelihood {
        (x, lastVariance) = (outputMean, outputVariance)
        break
      }
      let copies = layer.index == 0 ? samples : 1
      let sampled = GaussianActivation<Scalar>(
        count: outputMean.shape.count, samples: copies, source: NoiseSource(.normal, labels: noise + [layer.index]))(
          outputMean, outputVariance
        ).reshaped([geometry.rows * copies, layer.outputs])
      x = isLast ? sampled : masks.masked(activated(sampled, draws), layer: layer.index, draws[Choice.width.rawValue])
    }
    let logNoise =
      likelihood.parameterCount == 1 ? weights.slice(from: 2 * network.parameterCount, shape: []) : nil
    var total = likelihood.negativeLogLikelihood(
      outputs: x, targets: examples.targets, examples: examples.rows, logNoise: logNoise)
    if let lastVariance, case .gaussian(let scale, _) = likelihood {
      let logScale = logNoise ?? .constant(Scalar(log(scale)))
      total = total + lastVariance.sum() * (logScale * -2).exp() * 0.5
    }
    // Samples of all examples lie one after another in the rows.
    return total * Scalar(Double(examples.rows) / Double(x.shape.rows))
  }

  private func activated(_ x: Variable<Scalar>, _ draws: [Variable<Scalar>]) -> Variable<Scalar> {
    mixed(activations.map { $0(x) }, by: draws[Choice.activation.rawValue])
  }

  /// KL[q || p] over the weights that exist.
  private func divergence(
    _ weights: Variable<Scalar>, _ draws: [Variable<Scalar>], _ noise: [Int]
  ) -> Variable<Scalar> {
    let terms = network.affineLayers.map { layer in
      let (mean, scale) = posterior(weights, layer)
      let ofFamilies = priors.enumerated().map { index, prior in
        prior.crossEntropies(
          mean: mean, scale: scale, samples: samples, labels: noise + [Self.complexityLabel, layer.index, index])
      }
      let entropies = scale.log() + Scalar(0.5 + 0.5 * log(2 * Double.pi))
      let each = mixed(ofFamilies, by: draws[Choice.prior.rawValue]) - entropies
      return masks.sum(each, layer: layer.index, draws[Choice.width.rawValue])
    }
    return .sum(of: terms)
  }

  /// The sum of the options weighted by a draw.
  private func mixed(_ options: [Variable<Scalar>], by draw: Variable<Scalar>) -> Variable<Scalar> {
    guard options.count > 1 else { return options[0] }
    return .sum(of: options.enumerated().map { $1 * draw.slice(from: $0, shape: []) })
  }

  /// Set the noise of choices and of the complexity apart from that of the activations.
  private static var choiceLabel: Int { 1 << 33 + 1 }
  private static var complexityLabel: Int { 1 << 33 }
}
