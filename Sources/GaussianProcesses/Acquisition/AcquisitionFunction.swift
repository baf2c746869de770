import Foundation
public import Tensors

/// What is to be maximised over the points that could be evaluated next: how much an evaluation there is worth.
public protocol AcquisitionFunction: Sendable {
  /// The values at q encoded points, one in a row (q x D).
  func values(at points: Matrix<Double>) -> [Double]

  /// The values and their derivatives with respect to the number coordinates (q x D; 0 for categories and where a
  /// coordinate does not exist).
  func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>)
}

/// An acquisition function that is a function of the posterior's mean and standard deviation at the point alone.
public protocol MarginalAcquisitionFunction: AcquisitionFunction {
  var process: GaussianProcess { get }

  /// The value, and its derivatives with respect to the mean and the standard deviation.
  func value(mean: Double, standardDeviation: Double) -> (value: Double, meanSlope: Double, deviationSlope: Double)
}

/// Below this variance, on the standardised scale, what is left is rounding errors.
let smallestVariance = 1e-14

extension MarginalAcquisitionFunction {
  public func values(at points: Matrix<Double>) -> [Double] {
    let posterior = process.posterior(at: points)
    return zip(posterior.mean, posterior.variance).map { mean, variance in
      value(mean: mean, standardDeviation: max(variance, smallestVariance).squareRoot()).value
    }
  }

  public func valuesAndGradients(at points: Matrix<Double>) -> (values: [Double], gradients: Matrix<Double>) {
    process.fantasized.valueAndGradients(at: points) { _, means, variance, meanSlopes in
      let deviation = max(variance, smallestVariance).squareRoot()
      let (value, meanSlope, deviationSlope) = value(mean: means[0], standardDeviation: deviation)
      meanSlopes[0] = meanSlope
      return (value, variance > smallestVariance ? deviationSlope / (2 * deviation) : 0)
    }
  }
}

extension AcquisitionFunction {
  /// values + factor * others
  static func add(
    _ others: (values: [Double], gradients: Matrix<Double>), factor: Double,
    to sum: inout (values: [Double], gradients: Matrix<Double>)
  ) {
    for i in sum.values.indices { sum.values[i] += factor * others.values[i] }
    let count = sum.gradients.rows * sum.gradients.columns
    withExtendedLifetime(others.gradients) {
      Double.axpy(factor, others.gradients.unsafePointer, sum.gradients.unsafeMutablePointer(), count: count)
    }
  }
}
