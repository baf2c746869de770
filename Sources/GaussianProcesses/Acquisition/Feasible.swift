public import Tensors

/// log P(x succeeds), from a process on labels: 1 where a trial succeeded, -1 where it failed. The probability is that
/// of a label above 0 under the predictive distribution, noise included (least-squares classification: Rasmussen and
/// Williams 2006, section 6.5).
public struct LogProbabilityOfFeasibility: MarginalAcquisitionFunction {
  public let process: GaussianProcess
  /// The variance of the labels around the latent function.
  public let noise: Double

  public init(_ process: GaussianProcess) {
    self.process = process
    noise = max(process.noiseVariance, 1e-4)
  }

  public func value(
    mean: Double, standardDeviation sd: Double
  ) -> (
    value: Double, meanSlope: Double, deviationSlope: Double
  ) {
    let width = (sd * sd + noise).squareRoot()
    let (value, slope) = NormalTails.logCumulative(mean / width)
    return (value, slope / width, -slope * mean * sd / (width * width * width))
  }
}

/// An acquisition function on the logarithmic scale that counts where the trial succeeds alone: log a(x) + log P(x
/// succeeds) (Gardner et al. 2014).
public struct Feasible: AcquisitionFunction {
  public let base: any AcquisitionFunction
  public let feasibility: any AcquisitionFunction

  /// - Parameter feasibility: The log probability, `LogProbabilityOfFeasibility` or that of another smooth model.
  public init(_ base: any AcquisitionFunction, feasibility: any AcquisitionFunction) {
    self.base = base
    self.feasibility = feasibility
  }

  public func values(at points: Matrix<Double>) -> [Double] {
    zip(base.values(at: points), feasibility.values(at: points)).map { $0 + $1 }
  }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    var sum = base.valuesAndGradients(at: points)
    Self.add(feasibility.valuesAndGradients(at: points), factor: 1, to: &sum)
    return sum
  }
}
