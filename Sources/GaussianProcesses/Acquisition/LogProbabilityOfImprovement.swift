/// log P(f(x) > best).
public struct LogProbabilityOfImprovement: MarginalAcquisitionFunction {
  public let process: GaussianProcess
  /// The threshold. With the best value found as it stands, points beside the best one win: the caller adds a margin.
  public let best: Double

  public init(_ process: GaussianProcess, best: Double) {
    self.process = process
    self.best = best
  }

  public func value(
    mean: Double, standardDeviation: Double
  ) -> (
    value: Double, meanSlope: Double, deviationSlope: Double
  ) {
    let z = (mean - best) / standardDeviation
    let (value, slope) = NormalTails.logCumulative(z)
    return (value, slope / standardDeviation, -z * slope / standardDeviation)
  }
}
