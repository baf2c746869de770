package import Autodiff
import Foundation
package import Probability
package import Tensors

/// Variational inference as a bilevel problem: the weights are the parameters of the posterior, the means of all weights
/// and then their rhos, and the hyperparameters are those of the prior and of the noise.
///
/// L is the negative evidence lower bound. With Q = L a hypernetwork makes the bound a function of the prior, which is
/// nowhere above the log evidence: an evidence surface from one training. Activations are sampled by the local
/// reparameterisation (Kingma et al. 2015); a last layer under a Gaussian likelihood is not sampled, because the expected
/// log density is known there: E (y - f)^2 = (y - mean)^2 + variance. For a linear model the bound is exact.
///
/// The hyperparameters are, of those that are chosen and in this order, the prior's, the logarithm of the noise, that
/// of the temperature T by which L weighs the divergence, L = misfit + T KL[q || p] (a bound at T = 1 alone, so that T
/// is only for a Q of other examples), and those of the scale of Gaussian input noise, x + s e in L, and of that of the
/// shift of images, with one e for all samples of an example. A Q of other examples has neither: it depends on
/// temperature, input noise and shift through the weights alone. With Q = L the noise is a part of the model: the bound
/// is that of the evidence with inputs known up to N(0, s^2), because the mean over e of a log density is below the
/// logarithm of the mean. Noise and shifts that are fixed are in L alone: Q is then the bound of clean inputs, for the
/// posterior that L trains.
package struct VariationalProblem<Scalar: DensityScalar>: LayeredProblem {
  /// The prior over the weights, and which of the hyperparameters are its own.
  package enum PriorFamily: Hashable, Sendable {
    /// N(0, s^2), with a log s for each group of weights.
    case gaussian(ScaleGrouping)
    /// weight N(0, wide^2) + (1 - weight) N(0, narrow^2): logit weight, log wide and log narrow. The divergence is
    /// estimated from one draw of the weights for each of the samples, with the entropy in closed form.
    case scaleMixture
  }

  /// What Q is.
  package enum Objective: Sendable {
    /// L itself, on the training examples.
    case evidence
    /// The expected negative log likelihood of other examples.
    case validation(Examples<Scalar>)
  }

  package let network: Network
  package let likelihood: Likelihood
  package let prior: PriorFamily
  /// Whether the logarithm of a Gaussian likelihood's scale is a hyperparameter.
  package let tunesNoise: Bool
  /// Whether the logarithm of the divergence's factor is one.
  package let tunesTemperature: Bool
  /// Whether the logarithm of the scale of input noise is one.
  package let tunesInputNoise: Bool
  /// Whether the logarithm of the scale of the shift of images is one.
  package let tunesShift: Bool
  /// Strengths that are fixed, and what the images are.
  package let augmentation: InputAugmentation
  /// Posterior samples of each example.
  package let samples: Int
  package let objective: Objective
  package let initialization: PosteriorInitialization
  package let training: Examples<Scalar>
  package let validation: Examples<Scalar>

  /// - Parameters:
  ///   - tunesNoise: Only for a Gaussian likelihood; its scale is fixed otherwise.
  ///   - tunesTemperature: Only for an objective of other examples; it is 1 otherwise.
  ///   - tunesInputNoise: It is fixed otherwise.
  ///   - tunesShift: It is fixed otherwise. Needs to know the images.
  package init(
    _ network: Network, _ likelihood: Likelihood, prior: PriorFamily = .gaussian(.global), tunesNoise: Bool = false,
    tunesTemperature: Bool = false, tunesInputNoise: Bool = false, tunesShift: Bool = false, samples: Int = 1,
    objective: Objective = .evidence, initialization: PosteriorInitialization = .init(), training: Examples<Scalar>,
    augmentation: InputAugmentation = .none
  ) {
    precondition(samples >= 1, "at least one posterior sample is needed, got \(samples)")
    if case .categorical = likelihood { precondition(!tunesNoise, "a classification has no noise scale") }
    precondition(!tunesShift || augmentation.image?.count == network.inputs, "the inputs are no images to be shifted")
    if case .evidence = objective { precondition(!tunesTemperature, "an evidence is of temperature 1") }
    self.network = network
    self.likelihood = likelihood
    self.prior = prior
    self.tunesNoise = tunesNoise
    self.tunesTemperature = tunesTemperature
    self.tunesInputNoise = tunesInputNoise
    self.tunesShift = tunesShift
    self.augmentation = augmentation
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

  package var weightCount: Int { 2 * network.parameterCount }

  package var hyperparameterCount: Int { priorCount + extra.count }

  /// Hyperparameters of the prior.
  private var priorCount: Int { if case .gaussian(let grouping) = prior { grouping.count(network) } else { 3 } }

  /// What each hyperparameter is, in their order.
  package var hyperparameterNames: [String] {
    let ofPrior =
      switch prior {
      case .gaussian(let grouping): grouping.names(network)
      case .scaleMixture: ["logit of the wide weight", "log wide scale", "log narrow scale"]
      }
    return ofPrior + extra.map(\.rawValue)
  }

  /// Hyperparameters beside the prior's, by what they are called.
  private enum Extra: String {
    case noise = "log noise"
    case temperature = "log temperature"
    case inputNoise = "log input noise"
    case shift = "log shift"
  }

  /// Those that are chosen, in their order.
  private var extra: [Extra] {
    (tunesNoise ? [.noise] : []) + (tunesTemperature ? [.temperature] : []) + (tunesInputNoise ? [.inputNoise] : [])
      + (tunesShift ? [.shift] : [])
  }

  private func hyperparameter(_ kind: Extra, of all: Variable<Scalar>) -> Variable<Scalar>? {
    extra.firstIndex(of: kind).map { all.slice(from: priorCount + $0, shape: []) }
  }

  package var layers: [LayerLayout] { network.posteriorLayout }

  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    initialization.parameters(of: network, key: key)
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    negativeLowerBound(examples, augmentation, weights, hyperparameters, noise)
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    switch objective {
    case .evidence:
      let clean = InputAugmentation(image: augmentation.image)
      return negativeLowerBound(examples, clean, weights, hyperparameters, noise)
    case .validation(let all):
      let likelihood = negativeLogLikelihood(examples, examples.inputs, posterior(weights), hyperparameters, noise)
      return likelihood * Scalar(Double(all.count) / Double(examples.rows))
    }
  }

  /// L: the negative evidence lower bound, but for temperature and what is done to the inputs.
  private func negativeLowerBound(
    _ examples: ExampleVariables<Scalar>, _ augmentation: InputAugmentation, _ weights: Variable<Scalar>,
    _ hyperparameters: Variable<Scalar>, _ noise: [Int]
  ) -> Variable<Scalar> {
    let posterior = posterior(weights)
    let inputs = examples.augmentedInputs(
      augmentation, logNoise: hyperparameter(.inputNoise, of: hyperparameters),
      logShift: hyperparameter(.shift, of: hyperparameters), labels: noise)
    let likelihood = negativeLogLikelihood(examples, inputs, posterior, hyperparameters, noise)
    let misfit = likelihood * Scalar(Double(training.count) / Double(examples.rows))
    let divergence = divergence(posterior, hyperparameters, noise)
    guard let logTemperature = hyperparameter(.temperature, of: hyperparameters) else { return misfit + divergence }
    return misfit + divergence * logTemperature.exp()
  }

  /// A layer's means and standard deviations.
  private typealias LayerPosterior = (mean: Variable<Scalar>, scale: Variable<Scalar>)

  private func posterior(_ weights: Variable<Scalar>) -> [LayerPosterior] {
    network.affineLayers.map { layer in
      let shape: Shape = [layer.parameterCount]
      let rho = weights.slice(from: network.parameterCount + layer.start, shape: shape)
      return (weights.slice(from: layer.start, shape: shape), rho.softplus())
    }
  }

  /// Whether nothing comes after the last affine layer, so that its noise can be integrated over.
  private var endsAffine: Bool { if case .affine = network.stages.last { true } else { false } }

  /// -E_q log p(y | x, w), summed over the examples.
  private func negativeLogLikelihood(
    _ examples: ExampleVariables<Scalar>, _ inputs: Variable<Scalar>, _ posterior: [LayerPosterior],
    _ hyperparameters: Variable<Scalar>, _ noise: [Int]
  ) -> Variable<Scalar> {
    let isGaussian = if case .gaussian = likelihood { true } else { false }
    var lastVariance: Variable<Scalar>?
    var isFirst = true
    let outputs = network.outputs(of: inputs) { layer, x in
      let geometry = layer.geometry(inputCount: x.shape.count)
      let (mean, scale) = posterior[layer.index]
      let outputMean = x.affine(mean, geometry)
      let outputVariance = x.squared().affine(scale.squared(), geometry)
      if isGaussian, endsAffine, layer.index == network.affineLayers.count - 1 {
        lastVariance = outputVariance
        return outputMean
      }
      defer { isFirst = false }
      return GaussianActivation(
        count: outputMean.shape.count, samples: isFirst ? samples : 1,
        source: NoiseSource(.normal, labels: noise + [layer.index]))(outputMean, outputVariance)
    }
    // Samples of all examples lie one after another in the rows.
    let perSample = Scalar(Double(examples.rows) / Double(outputs.shape.rows))
    switch likelihood {
    case .categorical:
      return CrossEntropy(rows: outputs.shape.rows, columns: outputs.shape.columns, examples: examples.rows)(
        outputs, examples.targets) * perSample
    case .gaussian(let scale, _):
      let count = Scalar(outputs.shape.count)
      let residuals = SquaredResiduals<Scalar>(count: outputs.shape.count, targets: examples.targets.shape.count)(
        outputs, examples.targets)
      let squares = lastVariance.map { residuals + $0.sum() } ?? residuals
      let logNoise = hyperparameter(.noise, of: hyperparameters) ?? .constant(Scalar(log(scale)))
      let density = squares * (logNoise * -2).exp() * 0.5 + (logNoise + Scalar(0.5 * log(2 * Double.pi))) * count
      return density * perSample
    }
  }

  /// KL[q || p]
  private func divergence(
    _ posterior: [LayerPosterior], _ hyperparameters: Variable<Scalar>, _ noise: [Int]
  ) -> Variable<Scalar> {
    let terms = posterior.enumerated().map { index, layer in
      switch prior {
      case .gaussian(let grouping):
        switch grouping {
        case .global: gaussianDivergence(layer, logScale: hyperparameters.slice(from: 0, shape: []))
        case .layers: gaussianDivergence(layer, logScale: hyperparameters.slice(from: index, shape: []))
        case .weights:
          gaussianDivergence(
            layer, logScales: hyperparameters.slice(from: network.affineLayers[index].start, shape: layer.mean.shape))
        }
      case .scaleMixture: mixtureDivergence(layer, hyperparameters, noise + [index])
      }
    }
    return .sum(of: terms)
  }

  private func gaussianDivergence(_ layer: LayerPosterior, logScale: Variable<Scalar>) -> Variable<Scalar> {
    let squares = layer.mean.squared().sum() + layer.scale.squared().sum()
    let count = Scalar(layer.mean.shape.count)
    return squares * (logScale * -2).exp() * 0.5 - layer.scale.log().sum() + (logScale - 0.5) * count
  }

  private func gaussianDivergence(_ layer: LayerPosterior, logScales: Variable<Scalar>) -> Variable<Scalar> {
    let squares = layer.mean.squared() + layer.scale.squared()
    return squares.dot((logScales * -2).exp()) * 0.5 - layer.scale.log().sum() + logScales.sum()
      - Scalar(0.5 * Double(layer.mean.shape.count))
  }

  private func mixtureDivergence(
    _ layer: LayerPosterior, _ hyperparameters: Variable<Scalar>, _ noise: [Int]
  ) -> Variable<Scalar> {
    func hyperparameter(_ index: Int) -> Variable<Scalar> { hyperparameters.slice(from: index, shape: []) }
    let logit = hyperparameter(0)
    /// log of a component's weight times its density, but for the constant of the normal density.
    func component(
      _ squares: Variable<Scalar>, _ logWeight: Variable<Scalar>, _ logScale: Variable<Scalar>
    )
      -> Variable<Scalar>
    {
      squares * ((logScale * -2).exp() * -0.5) + (logWeight - logScale)
    }
    let densities = (0..<samples).map { sample in
      let source = NoiseSource(.normal, labels: noise + [Self.weightsForComplexity, sample])
      let squares = (layer.mean + layer.scale.multiplied(by: source)).squared()
      let wide = component(squares, -(-logit).softplus(), hyperparameter(1))
      let narrow = component(squares, -logit.softplus(), hyperparameter(2))
      // log(exp(a) + exp(b)) = (a + b + |a - b|) / 2 + log1p(exp(-|a - b|))
      let distance = (wide - narrow).magnitude()
      return ((wide + narrow + distance) * 0.5 + (-distance).exp().log1p()).sum()
    }
    // The entropy is sum log scale + n/2 + n/2 log 2 pi; the last term is that of the density as well.
    let entropy = layer.scale.log().sum() + Scalar(0.5 * Double(layer.mean.shape.count))
    return -entropy - Variable.sum(of: densities) * Scalar(1 / Double(samples))
  }

  /// Sets the noise of the complexity apart from that of the activations.
  private static var weightsForComplexity: Int { 1 << 33 }
}
