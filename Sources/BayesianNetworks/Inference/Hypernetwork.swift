public import Probability
public import Tensors

/// Implicit weights by a hypernetwork (Sheikh, Rasul, Merentitis and Bergmann 2017, "Stochastic maximum likelihood
/// optimization via hypernetworks"): a network turns noise into weights, w = g(eps; Theta), and is trained so that
/// these weights explain the data.
///
/// - Hyperparameters: the hidden layers of g, its dropout, the dimension of the noise; S samples of a step and how
///   their likelihoods are joined; whether the inputs get noise. There is no prior.
/// - State: Theta; the scale of eps; the scale of the inputs' noise; the likelihood's own parameters. See
///   `HypernetworkLayout`.
/// - Start: hidden layers by their fan-in; the last layer so that weights have the variance of the initialisation.
/// - Step: down the gradient of `ImplicitObjective`. The posterior is `ImplicitPosterior`.
///
/// Nothing in the objective keeps the weights apart: Jensen's bound is best where they are one point, and its spread
/// shrinks in training. The likelihood of the mixture (`logMeanExp`) can be better with a spread.
public struct Hypernetwork: InferenceMethod, Hashable {
  /// What is made of the likelihoods of an example under the S samples.
  public enum Objective: String, Hashable, Sendable, CaseIterable {
    /// -(1/S) sum_s log p(y | x, w_s), which is eq. 3 for S = 1: a bound by Jensen's inequality. (The paper maximises
    /// its loss, which is a slip.)
    case jensen
    /// -log (1/S) sum_s p(y | x, w_s), whose sum over the examples is eq. 1. (The paper prints (1/S) prod_n sum_s for
    /// prod_n (1/S) sum_s.)
    case logMeanExp
  }

  /// Units of the hidden layers, which are rectified; none is a linear map of the noise.
  public var hidden: [Int]
  /// The dimension of eps; nil is the number of units of the first hidden layer, or 1 without one.
  public var inputs: Int?
  /// The scale of eps at the start.
  public var inputScale: Double
  /// The scale at the start of the learned Gaussian noise on the data's inputs in training; nil is none.
  public var inputNoise: Double?
  /// The rate of the dropout of hidden units in training.
  public var dropout: Double
  public var objective: Objective
  /// S
  public var samples: Int
  /// Whether a sample of the weights serves all examples of a minibatch; otherwise each example has its own S samples,
  /// as in the paper, at about as many times the cost of a step of the network as g's last hidden layer has units.
  public var sharesSamples: Bool

  public init(
    hidden: [Int] = [100, 50], inputs: Int? = nil, inputScale: Double = 1, inputNoise: Double? = nil,
    dropout: Double = 0.5, objective: Objective = .jensen, samples: Int = 1, sharesSamples: Bool = false
  ) {
    self.hidden = hidden
    self.inputs = inputs
    self.inputScale = inputScale
    self.inputNoise = inputNoise
    self.dropout = dropout
    self.objective = objective
    self.samples = samples
    self.sharesSamples = sharesSamples
  }

  public func objective<Scalar: DensityScalar>(
    _ model: BayesianModel, initialization: PosteriorInitialization, maximumRows: Int
  ) -> any MinibatchObjective<Scalar> {
    ImplicitObjective(model, method: self, initialization: initialization, maximumRows: maximumRows)
  }

  public func posterior<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel, data: Examples<Scalar>, key: RandomKey
  ) throws -> any Posterior<Scalar> { iterate(of: state, model: model) }

  public func iterate<Scalar: DensityScalar>(
    of state: TrainingState<Scalar>, model: BayesianModel
  ) -> any Posterior<Scalar> {
    ImplicitPosterior(state.parameters, layout: HypernetworkLayout(self, model: model))
  }
}
