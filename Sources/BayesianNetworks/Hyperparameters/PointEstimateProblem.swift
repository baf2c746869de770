package import Autodiff
import Foundation
package import Probability
package import Tensors

/// A point estimate w of a network's weights, by maximum likelihood, maximum a posteriori or Monte-Carlo dropout, with
/// hyperparameters that are chosen by validation:
///
///     L(w, h) = -log p(training targets | w) - log p(w | h),
///
/// with dropout and augmented inputs in the likelihood, and Q the negative log likelihood of the validation examples
/// without either, as in self-tuning networks (MacKay et al. 2019): it depends on them through the weights alone. L has
/// all that depends on w or on h, constants included: it is the negative log joint density.
///
/// The hyperparameters are, of those that are chosen and in this order, the logarithms of the prior's scales, the
/// logarithm of the noise of a Gaussian likelihood, the logit of the dropout rate of the hidden layers and that of the
/// inputs, and the logarithms of the scale of Gaussian input noise and of that of the shift of images. What is not
/// chosen has its fixed value: the likelihood's scale, the network's rates, and the augmentation's strengths.
///
/// A rate that is chosen is one for all hidden layers, and its masks are relaxed; see `droppedOut(logit:temperature:labels:)`.
/// At a fixed rate units are dropped as in every other training.
package struct PointEstimateProblem<Scalar: DensityScalar>: LayeredProblem {
  /// The prior over the weights, which stands for weight decay.
  package enum PriorFamily: Sendable {
    /// None: maximum likelihood.
    case absent
    case fixed(any Prior)
    /// N(0, s^2), with a hyperparameter log s for each group of weights.
    case gaussian(ScaleGrouping)
  }

  /// Hyperparameters beside the prior's, in their order.
  package enum Tunable: Hashable, Sendable, CaseIterable {
    case noise, dropout, inputDropout, inputNoise, shift

    /// What the hyperparameter is called.
    var name: String {
      switch self {
      case .noise: "log noise"
      case .dropout: "logit dropout"
      case .inputDropout: "logit input dropout"
      case .inputNoise: "log input noise"
      case .shift: "log shift"
      }
    }
  }

  package let network: Network
  package let likelihood: Likelihood
  package let prior: PriorFamily
  package let tuning: Set<Tunable>
  /// That of the relaxed masks.
  package let temperature: Double
  package let training: Examples<Scalar>
  package let validation: Examples<Scalar>
  package let initialization: PosteriorInitialization
  /// Strengths that are fixed, and what the images are.
  package let augmentation: InputAugmentation

  /// - Parameters:
  ///   - network: Units are dropped where it has dropout, whatever the rate there; rates that are chosen need such places.
  ///   - likelihood: Whether its noise is learned is not looked at: the noise is chosen or fixed.
  ///   - tuning: What is chosen beside the prior's scales. The noise only of a Gaussian likelihood.
  ///   - temperature: That of the masks where a rate is chosen, above 0.
  ///   - initialization: Its means are where the weights start.
  ///   - augmentation: A shift that is chosen needs to know the images.
  package init(
    _ network: Network, _ likelihood: Likelihood, prior: PriorFamily, tuning: Set<Tunable> = [],
    temperature: Double = 0.1, training: Examples<Scalar>, validation: Examples<Scalar>,
    initialization: PosteriorInitialization = .init(means: .fanIn), augmentation: InputAugmentation = .none
  ) {
    if case .categorical = likelihood {
      precondition(!tuning.contains(.noise), "a classification has no noise scale")
    }
    let places = network.dropoutPlaces
    precondition(
      !tuning.contains(.dropout) || places.contains { !$0.isInput }, "the hidden layers have no dropout to be chosen")
    precondition(
      !tuning.contains(.inputDropout) || places.contains { $0.isInput }, "the inputs have no dropout to be chosen")
    precondition(
      !tuning.contains(.shift) || augmentation.image?.count == network.inputs, "the inputs are no images to be shifted")
    precondition(temperature > 0, "a temperature is above 0, got \(temperature)")
    self.network = network
    self.likelihood = likelihood
    self.prior = prior
    self.tuning = tuning
    self.temperature = temperature
    self.training = training
    self.validation = validation
    self.initialization = initialization
    self.augmentation = augmentation
  }

  package var weightCount: Int { network.parameterCount }
  package var layers: [LayerLayout] { network.layout() }
  /// Prior scales that are chosen.
  package var scaleCount: Int { if case .gaussian(let grouping) = prior { grouping.count(network) } else { 0 } }
  package var hyperparameterCount: Int { scaleCount + tuning.count }

  /// What each hyperparameter is, in their order.
  package var hyperparameterNames: [String] {
    let ofPrior = if case .gaussian(let grouping) = prior { grouping.names(network) } else { [String]() }
    return ofPrior + Tunable.allCases.filter(tuning.contains).map(\.name)
  }

  /// Where a hyperparameter beside the prior's lies among all; nil where it is not chosen.
  package func index(of tunable: Tunable) -> Int? {
    Tunable.allCases.filter(tuning.contains).firstIndex(of: tunable).map { scaleCount + $0 }
  }

  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    let start: DiagonalGaussian<Scalar> = initialization.posterior(of: network, key: key)
    return start.mean
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let inputs = examples.augmentedInputs(
      augmentation, logNoise: hyperparameter(.inputNoise, of: hyperparameters),
      logShift: hyperparameter(.shift, of: hyperparameters), labels: noise)
    let misfit = negativeLogLikelihood(examples, inputs, weights: weights, hyperparameters) { place, x in
      guard let logit = hyperparameter(place.isInput ? .inputDropout : .dropout, of: hyperparameters) else {
        return x.droppedOut(at: place, labels: noise)
      }
      return x.droppedOut(logit: logit, temperature: temperature, labels: noise + [place.index])
    }
    let loss = misfit * Scalar(Double(training.count) / Double(examples.rows))
    switch prior {
    case .absent: return loss
    case .fixed(let prior): return loss - PriorDensity(prior: prior, count: weightCount)(weights)
    case .gaussian(let grouping): return loss - logPrior(weights, grouping, hyperparameters)
    }
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let misfit = negativeLogLikelihood(examples, examples.inputs, weights: weights, hyperparameters) { $1 }
    return misfit * Scalar(Double(validation.count) / Double(examples.rows))
  }

  private func hyperparameter(_ tunable: Tunable, of all: Variable<Scalar>) -> Variable<Scalar>? {
    index(of: tunable).map { all.slice(from: $0, shape: []) }
  }

  /// -log p(targets | w), summed over the rows.
  private func negativeLogLikelihood(
    _ examples: ExampleVariables<Scalar>, _ inputs: Variable<Scalar>, weights: Variable<Scalar>,
    _ hyperparameters: Variable<Scalar>, dropout: (DropoutPlace, Variable<Scalar>) -> Variable<Scalar>
  ) -> Variable<Scalar> {
    let outputs = network.outputs(of: inputs, dropout: dropout) { layer, x in
      x.affine(
        weights.slice(from: layer.start, shape: [layer.parameterCount]), layer.geometry(inputCount: x.shape.count))
    }
    return likelihood.negativeLogLikelihood(
      outputs: outputs, targets: examples.targets, examples: examples.rows,
      logNoise: hyperparameter(.noise, of: hyperparameters))
  }

  /// log N(w; 0, diag exp(2 s))
  private func logPrior(
    _ weights: Variable<Scalar>, _ grouping: ScaleGrouping, _ hyperparameters: Variable<Scalar>
  ) -> Variable<Scalar> {
    switch grouping {
    case .global:
      return GaussianPrior.logDensity(weights, logScale: hyperparameters.slice(from: 0, shape: []))
    case .layers:
      return Variable.sum(
        of: network.affineLayers.map { layer in
          GaussianPrior.logDensity(
            weights.slice(from: layer.start, shape: [layer.parameterCount]),
            logScale: hyperparameters.slice(from: layer.index, shape: []))
        })
    case .weights:
      let logScales = hyperparameters.slice(from: 0, shape: [scaleCount])
      let constant = -Scalar(Double(scaleCount) * 0.5 * log(2 * Double.pi))
      return (weights * (-logScales).exp()).squared().sum() * -0.5 - logScales.sum() + constant
    }
  }
}
