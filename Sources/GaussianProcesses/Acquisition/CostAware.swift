public import Tensors

/// An acquisition function on the logarithmic scale, per second to a power: log a(x) - exponent log seconds(x).
///
/// With exponent 1 and log expected improvement this is expected improvement per second (Snoek, Larochelle and Adams
/// 2012, section 3.2), with the median run time of a log-normal model in place of the mean of its inverse.
public struct CostAware: AcquisitionFunction {
  public let base: any AcquisitionFunction
  /// A process on standardised log seconds, where one unit is `scale` natural logarithms.
  public let logSeconds: GaussianProcess
  public let scale: Double
  /// 1 counts seconds in full; less leans towards the plain acquisition function ("cost cooling", Lee et al. 2020).
  public let exponent: Double

  public init(_ base: any AcquisitionFunction, logSeconds: GaussianProcess, scale: Double, exponent: Double = 1) {
    self.base = base
    self.logSeconds = logSeconds
    self.scale = scale
    self.exponent = exponent
  }

  public func values(at points: Matrix<Double>) -> [Double] {
    zip(base.values(at: points), logSeconds.posteriorMean(at: points)).map { $0 - exponent * scale * $1 }
  }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    var sum = base.valuesAndGradients(at: points)
    let seconds = logSeconds.fantasized.valueAndGradients(at: points) { _, means, _, slopes in
      slopes[0] = 1
      return (means[0], 0)
    }
    Self.add(seconds, factor: -exponent * scale, to: &sum)
    return sum
  }
}
