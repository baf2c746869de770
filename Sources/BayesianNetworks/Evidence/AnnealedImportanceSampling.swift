import Foundation
public import Probability
public import Tensors

/// A model small enough for its evidence to be estimated by annealing.
public struct AnnealedModel {
  /// The number of weights.
  public var dimension: Int
  /// Writes a draw from the prior.
  public var drawPrior: (_ key: RandomKey, _ weights: UnsafeMutablePointer<Double>) -> Void
  /// log p(w) and its gradient. A constant that is left out does not change the evidence.
  public var logPrior: LogDensityGradient
  /// log p(D | w) of all data and its gradient; its constants count.
  public var logLikelihood: LogDensityGradient

  public init(
    dimension: Int, drawPrior: @escaping (RandomKey, UnsafeMutablePointer<Double>) -> Void,
    logPrior: @escaping LogDensityGradient, logLikelihood: @escaping LogDensityGradient
  ) {
    precondition(dimension >= 1, "annealing needs at least one weight, got \(dimension)")
    self.dimension = dimension
    self.drawPrior = drawPrior
    self.logPrior = logPrior
    self.logLikelihood = logLikelihood
  }

  /// A model with the prior N(0, scale^2) for every weight.
  public init(dimension: Int, priorScale: Double, logLikelihood: @escaping LogDensityGradient) {
    precondition(priorScale > 0, "the scale of a prior must be positive, got \(priorScale)")
    let precision = 1 / (priorScale * priorScale)
    self.init(
      dimension: dimension,
      drawPrior: { key, weights in
        Double.fillNormal(key, offset: 0, into: weights, count: dimension)
        for i in 0..<dimension { weights[i] *= priorScale }
      },
      logPrior: { weights, gradient in
        for i in 0..<dimension { gradient[i] = -precision * weights[i] }
        return -0.5 * precision * Double.sumOfSquares(weights, count: dimension)
      }, logLikelihood: logLikelihood)
  }
}

/// The evidence of a small model by annealed importance sampling (Neal 2001).
///
/// R independent chains go from prior to posterior through the densities p(w) p(D | w)^t. A chain's weight is
/// log w = sum_j (t_j - t_j-1) log p(D | w_j-1), with w_0 from the prior and w_j from Hamiltonian transitions at t_j;
/// the mean of the weights is p(D) without bias. Pilot chains with keys of their own set the step size of every
/// temperature before the chains that count begin, so that these have fixed transitions.
public struct AnnealedImportanceSampling: Hashable, Sendable {
  public var ladder: TemperatureLadder
  /// R
  public var chains: Int
  /// Hamiltonian transitions at each temperature.
  public var transitions: Int
  /// Leapfrog steps and jitter; its step size is where the adaptation begins.
  public var kernel: HamiltonianMonteCarlo
  /// Chains that set the step sizes.
  public var pilots = 8
  /// The acceptance rate that the step sizes aim at.
  public var targetAcceptance = 0.8

  public init(
    ladder: TemperatureLadder = .geometric(steps: 1000), chains: Int = 32, transitions: Int = 1,
    kernel: HamiltonianMonteCarlo = HamiltonianMonteCarlo()
  ) {
    precondition(
      chains >= 1 && transitions >= 1, "\(chains) chains with \(transitions) transitions a temperature cannot be run")
    self.ladder = ladder
    self.chains = chains
    self.transitions = transitions
    self.kernel = kernel
  }

  public struct Result: Hashable, Sendable {
    /// The chains' weights.
    public let weights: LogWeights
    /// The step size of every temperature between prior and posterior.
    public let stepSizes: [Double]
    /// The mean acceptance probability at each of them.
    public let acceptance: [Double]

    /// log p(D), with the standard error over the chains. Too small, with too small an error, where
    /// `effectiveSampleSize` is small or `shape` above 0.7: the ladder needs more steps then.
    public var logEvidence: Estimate { weights.logMean }
    /// The effective number of chains.
    public var effectiveSampleSize: Double { weights.effectiveSampleSize }
    /// k-hat of the weights.
    public var shape: Double { ParetoSmoothedWeights(logRatios: weights.values).shape }
  }

  /// - Parameters:
  ///   - key: Equal keys give equal results.
  ///   - progress: Called after every chain with the chains done and their number in all; may throw to end the run.
  public func run(
    _ model: AnnealedModel, key: RandomKey, progress: (Int, Int) throws -> Void
  ) rethrows -> Result {
    let path = AnnealingPath(model)
    let stepSizes = pilotStepSizes(path, key: key.folded(0))
    var acceptance = Array(repeating: 0.0, count: ladder.steps - 1)
    var logWeights: [Double] = []
    for chain in 0..<chains {
      let chainKey = key.folded(1).folded(chain)
      path.temperature = 0
      var state = path.start(chainKey.folded(0))
      var logWeight = 0.0
      for step in 1...ladder.steps {
        path.temperature = ladder.values[step]
        state.evaluate(path.density)
        logWeight += (ladder.values[step] - ladder.values[step - 1]) * path.logLikelihood
        guard step < ladder.steps else { break }
        var kernel = kernel
        kernel.stepSize = stepSizes[step - 1]
        for repetition in 0..<transitions {
          let outcome = kernel.transition(&state, key: chainKey.folded(step).folded(repetition), path.density)
          acceptance[step - 1] += outcome.acceptance / Double(transitions * chains)
        }
      }
      logWeights.append(logWeight)
      try progress(chain + 1, chains)
    }
    return Result(weights: LogWeights(logWeights), stepSizes: stepSizes, acceptance: acceptance)
  }

  /// `run` without progress.
  public func run(_ model: AnnealedModel, key: RandomKey) -> Result { run(model, key: key) { _, _ in } }
}
