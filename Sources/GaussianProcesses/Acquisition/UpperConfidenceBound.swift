/// mean + sqrt(beta) sd (Srinivas et al. 2010).
public struct UpperConfidenceBound: MarginalAcquisitionFunction {
  public let process: GaussianProcess
  public let beta: Double

  public init(_ process: GaussianProcess, beta: Double) {
    precondition(beta >= 0, "the weight of the variance in an upper confidence bound is not negative, got \(beta)")
    self.process = process
    self.beta = beta
  }

  public func value(
    mean: Double, standardDeviation: Double
  ) -> (
    value: Double, meanSlope: Double, deviationSlope: Double
  ) {
    (mean + beta.squareRoot() * standardDeviation, 1, beta.squareRoot())
  }
}
