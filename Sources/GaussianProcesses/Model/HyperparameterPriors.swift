import Foundation

/// The priors of a Gaussian process over coordinates in [0, 1] and standardised outcomes. The mode of each is where the
/// fit starts.
public struct HyperparameterPriors: Hashable, Sendable {
  /// Location sqrt 2 + log(d) / 2 and scale sqrt 3 in d dimensions: the distance between two random points, which grows
  /// with sqrt d, stays the same in units of length scales (Hvarfner, Hellsten and Nardi 2024, "Vanilla Bayesian
  /// optimization performs great in high dimensions").
  public var lengthScale: LogNormalPrior
  /// Mode 1 / sqrt d, for the same reason.
  public var inactiveDistance: LogNormalPrior
  /// Mode 1, the variance of standardised outcomes; nil: held at 1, as Hvarfner et al. do. Learned, smooth functions
  /// are seen as slow changes of a large amplitude; on Hartmann's function in 6 dimensions the search then ended 100
  /// times closer to the optimum.
  public var signalVariance: LogNormalPrior?
  /// Mode 1e-3 and scale 3: wide, because both deterministic functions and very noisy trainings are to be fitted. With a
  /// narrow prior around 1e-2 deterministic functions are searched 50 times less precisely. nil: none is learned.
  public var noiseVariance: LogNormalPrior?
  /// Mode 1, the identity, for both shapes of a warp; narrow, because a warp that is not needed costs precision.
  public var warpShape: LogNormalPrior
  /// The mean is N(0, meanScale^2).
  public var meanScale: Double

  /// - Parameter dimension: d: the number of features that a point has, on average where there are conditional ones.
  public init(dimension: Double) {
    let d = max(1, dimension)
    lengthScale = LogNormalPrior(location: 2.0.squareRoot() + 0.5 * log(d), scale: 3.0.squareRoot())
    inactiveDistance = LogNormalPrior(mode: 1 / d.squareRoot(), scale: 1)
    signalVariance = LogNormalPrior(mode: 1, scale: 1.5)
    noiseVariance = LogNormalPrior(mode: 1e-3, scale: 3)
    warpShape = LogNormalPrior(mode: 1, scale: 0.25)
    meanScale = 1
  }
}
