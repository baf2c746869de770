import Foundation
public import Probability
public import Tensors

extension BayesianLinearModel {
  /// k-fold cross-validation as the pair (L, Q) of the lecture on Bayesian multimodelling, whose parameters are one
  /// point estimate for each fold.
  public struct PointCrossValidation: Sendable {
    /// w_q: what minimises L, for each fold.
    public let weights: [Vector<Double>]
    /// L = -(1/k) sum_q [k/(k-1) log p(y \ y_q | w_q) + log p(w_q | alpha)]
    public let loss: Double
    /// Q = (1/k) sum_q k log p(y_q | w_q), with the standard error over the folds.
    public let quality: Estimate
  }

  /// The lecture's cross-validation: k/(k-1) makes up for the data that a fold does not see.
  public func pointCrossValidation(_ folds: CrossValidation) throws(LinearAlgebraError) -> PointCrossValidation {
    precondition(folds.count == rows, "a partition of \(folds.count) rows for \(rows) of them")
    let k = Double(folds.folds.count)
    let prior = Gaussian(scale: (1 / priorPrecision).squareRoot())
    var (weights, loss, qualities) = ([Vector<Double>](), 0.0, [Double]())
    for (fold, heldOut) in folds.folds.enumerated() {
      let training = folds.training(fold)
      let scaled = try BayesianLinearModel(
        features: features.selecting(rows: training), targets: training.map { targets[$0] },
        priorPrecision: priorPrecision, noisePrecision: noisePrecision * k / (k - 1))
      let w = scaled.mean
      let densities = pointwiseLogLikelihood(w)
      loss -= k / (k - 1) * training.reduce(0) { $0 + densities[$1] } / k
      loss -= w.array.reduce(0) { $0 + prior.logDensity($1) } / k
      qualities.append(k * heldOut.reduce(0) { $0 + densities[$1] })
      weights.append(w)
    }
    return PointCrossValidation(weights: weights, loss: loss, quality: .mean(qualities))
  }

  /// log p(y_i | training rows) of other rows, each by itself, from the exact posterior of the training rows.
  public func logDensities(of heldOut: [Int], given training: [Int]) throws(LinearAlgebraError) -> [Double] {
    let predictive = try selecting(rows: training).predictive(features.selecting(rows: heldOut))
    return zip(predictive, heldOut).map { $0.logDensity(targets[$1]) }
  }

  /// log p(y of the block | training rows), jointly: a difference of two evidences.
  public func logDensity(ofBlock block: [Int], given training: [Int]) throws(LinearAlgebraError) -> Double {
    try selecting(rows: training + block).logEvidence - selecting(rows: training).logEvidence
  }
}
