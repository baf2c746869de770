import Foundation
import Probability
import Tensors
import Testing

/// Log likelihoods with light and heavy tails: -0.9 - c_i (y_i - z_s / 3)^2 / 2 with y_i = -2 + 1.5 i,
/// c_i = 0.2 + 0.25 i, z_s = logit(frac(s * 0.6180339887498949)) for s = 1, 2 ...
private func logLikelihoods(samples: Int) -> PointwiseLogLikelihood {
  PointwiseLogLikelihood(
    (1...samples).map { s in
      let u = (Double(s) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
      let z = log(u / (1 - u))
      return (0..<5).map { i in
        let residual = -2 + 1.5 * Double(i) - z / 3
        return -0.9 - 0.5 * (0.2 + 0.25 * Double(i)) * residual * residual
      }
    })
}

private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-10) -> Bool {
  (a - b).magnitude <= tolerance * max(1, b.magnitude)
}

/// The golden numbers were computed in Python with ArviZ 0.21.0 (`psislw`, `loo`, `stats._gpdfit`, `stats._gpinv`) and
/// NumPy on the arrays of `logLikelihoods`. ArviZ divides variances by n, this library by n - 1 (as R's loo package
/// does); standard errors and p_waic were computed with n - 1.
@Suite struct PointwiseLogLikelihoodTests {
  struct Golden: Sendable {
    var samples: Int
    var efficiency: Double
    var shapes: [Double]
    var pointwise: [Double]
    var total: Double
    var standardError: Double
    var parameters: Double
  }

  static let golden = [
    Golden(
      samples: 200, efficiency: 1,
      shapes: [0.300530085109549, 0.425545260028531, 0.482591021390187, 0.898803592196578, 1.5430031292789],
      pointwise: [-1.37262013705969, -1.05857008919337, -1.50068184958395, -5.37040676497617, -15.2533540846559],
      total: -24.5556329254691, standardError: 13.5169782434529, parameters: 10.1036435973955),
    Golden(
      samples: 1000, efficiency: 0.5,
      shapes: [0.320288586112446, 0.445525732845542, 0.593541563050302, 1.12804655969311, 1.93440244423486],
      pointwise: [-1.37260338163787, -1.06348121387352, -1.54535468499081, -6.04321606998803, -18.0051098134769],
      total: -28.0297651639671, standardError: 16.1622262649852, parameters: 13.770319982797),
    // A tail of five values, the fewest that are fitted.
    Golden(
      samples: 24, efficiency: 1,
      shapes: [0.449956568236572, 0.489389279475467, 0.574894522420053, 0.698575513910165, 0.896637015640423],
      pointwise: [-1.37371333895237, -1.04785549668501, -1.40006249288413, -4.62867454878533, -12.6755869419531],
      total: -21.12589281926, standardError: 11.055526185066, parameters: 6.2944873417687),
  ]

  @Test(arguments: golden) func leaveOneOutAgreesWithArviZ(_ golden: Golden) {
    let loo = logLikelihoods(samples: golden.samples).leaveOneOut(relativeEfficiency: golden.efficiency)
    #expect(zip(loo.shapes, golden.shapes).allSatisfy { isClose($0, $1) }, "\(loo.shapes)")
    #expect(zip(loo.density.pointwise, golden.pointwise).allSatisfy { isClose($0, $1) })
    #expect(isClose(loo.density.total.value, golden.total))
    #expect(isClose(loo.density.total.standardError ?? .nan, golden.standardError))
    #expect(isClose(loo.effectiveParameters, golden.parameters))
    #expect(loo.largestShape == loo.shapes[4])
    #expect(loo.doubtfulPoints == golden.shapes.indices.filter { golden.shapes[$0] > 0.7 })
  }

  @Test func smoothedWeightsAgreeWithArviZ() {
    let column = logLikelihoods(samples: 200).column(4)
    let weights = ParetoSmoothedWeights(logRatios: column.map { -$0 })
    for (weight, expected) in zip(weights.logWeights, [-10.77818534, -8.0527684, -12.64292605, -9.84433935]) {
      #expect(isClose(weight, expected, 1e-8))
    }
    #expect(abs(logSumExp(weights.logWeights)) < 1e-12)
  }

  @Test func waic() {
    let log = logLikelihoods(samples: 200)
    let waic = log.waic
    #expect(isClose(log.predictive.total.value, -14.4519893280736))
    #expect(isClose(waic.density.total.value, -24.8819877300103))
    #expect(isClose(waic.effectiveParameters, 10.4299984019367))
    #expect(isClose(waic.density.total.standardError ?? .nan, 13.9382127943071))
    #expect(waic.doubtfulPoints == waic.parameters.count { $0 > 0.4 } && waic.doubtfulPoints > 0)
  }

  @Test func conditionalLogMarginalLikelihood() {
    #expect(
      isClose(logLikelihoods(samples: 200).conditionalLogMarginalLikelihood.value, -13.9800706258511))
    // A joint density is not the sum of the points' own: (e^0 e^-2 + e^-2 e^0) / 2 = e^-2.
    let two = PointwiseLogLikelihood([[0, -2], [-2, 0]])
    #expect(isClose(two.conditionalLogMarginalLikelihood.value, -2))
    #expect(two.conditionalLogMarginalLikelihood.standardError == 0)
    #expect(isClose(two.predictive.total.value, 2 * logMeanExp([0, -2])))
  }

  @Test func generalizedParetoAgreesWithArviZ() {
    let values = (1...40).map { i in
      pow(-log1p(-(Double(i) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)), 1.3)
    }
    let fit = GeneralizedPareto(fitting: values.sorted())
    #expect(isClose(fit.shape, 0.363844260478233) && isClose(fit.scale, 0.753745867388251))
    let pareto = GeneralizedPareto(shape: 0.4, scale: 2)
    for (probability, quantile) in [(0.1, 0.215224407553163), (0.5, 1.59753955386447), (0.99, 26.5478672240097)] {
      #expect(isClose(pareto.quantile(probability), quantile))
    }
    #expect(isClose(GeneralizedPareto(shape: 0, scale: 2).quantile(0.5), 2 * log(2)))
  }

  /// The fit finds the shape of draws: k = 0.4 shrunk by (1000 k + 5) / 1010.
  @Test func generalizedParetoFindsItsShape() {
    let truth = GeneralizedPareto(shape: 0.4, scale: 2)
    let draws = Vector<Double>.uniform(RandomKey(seed: 3), count: 4000).array.map(truth.quantile)
    let fit = GeneralizedPareto(fitting: draws.sorted())
    #expect(abs(fit.shape - 0.4) < 0.08 && abs(fit.scale - 2) < 0.2)
  }

  /// Equal likelihoods: nothing to smooth, and leaving a point out changes nothing.
  @Test func constantLikelihoods() {
    let loo = PointwiseLogLikelihood(Array(repeating: [-1, -2], count: 50)).leaveOneOut()
    #expect(zip(loo.density.pointwise, [-1, -2]).allSatisfy { isClose($0, $1, 1e-14) })
    #expect(loo.shapes == [.infinity, .infinity] && loo.doubtfulPoints == [0, 1])
  }

  @Test func undefinedLikelihoodsStayUndefined() {
    var rows = Array(repeating: [-1.0, -2], count: 50)
    rows[7][1] = .nan
    let loo = PointwiseLogLikelihood(rows).leaveOneOut()
    #expect(loo.density.pointwise[1].isNaN && loo.largestShape.isNaN && loo.doubtfulPoints.contains(1))
  }

  /// Paired: what two models share drops out of the error.
  @Test func differences() throws {
    let a = ExpectedLogDensity(pointwise: [-10, -20, -30], monteCarloError: nil)
    let b = ExpectedLogDensity(pointwise: [-11, -22, -33], monteCarloError: nil)
    let difference = a.difference(from: b)
    #expect(difference.value == 6)
    // Standard deviation of 1, 2, 3, times sqrt 3.
    #expect(abs((difference.standardError ?? 0) - 3.0.squareRoot()) < 1e-14)
    #expect(a.mean.value == -20 && a.total.value == -60)
  }

  @Test func memoryIsFilledSampleBySample() {
    var log = PointwiseLogLikelihood(points: 3, samples: 2)
    log.append([1, 2, 3])
    log.append([4, 5, 6][...])
    #expect(log.samples == 2 && log.column(1) == [2, 5] && log[sample: 1, point: 2] == 6 && log.totals == [6, 15])
    #expect(log == PointwiseLogLikelihood([[1, 2, 3], [4, 5, 6]]))
  }
}

/// y_i ~ N(w, 1), w ~ N(0, 2^2): posterior, leave-one-out and held-out densities are known.
@Suite struct NormalModelTests {
  let targets = (0..<12).map { 1.5 * sin(2.3 * Double($0)) + 0.4 }

  func posterior(_ targets: [Double]) -> Gaussian {
    let precision = 0.25 + Double(targets.count)
    return Gaussian(mean: targets.reduce(0, +) / precision, scale: (1 / precision).squareRoot())
  }

  func samples(_ posterior: Gaussian, count: Int, seed: UInt64, points: [Double]) -> PointwiseLogLikelihood {
    PointwiseLogLikelihood(
      Vector<Double>.normal(RandomKey(seed: seed), count: count).array.map { noise in
        let likelihood = Gaussian(mean: posterior.mean + posterior.scale * noise, scale: 1)
        return points.map(likelihood.logDensity)
      })
  }

  func predictive(_ posterior: Gaussian, _ y: Double) -> Double {
    Gaussian(mean: posterior.mean, scale: (1 + posterior.scale * posterior.scale).squareRoot()).logDensity(y)
  }

  /// Exact: the sum of the predictive densities with the point left out.
  var exactLeaveOneOut: Double {
    targets.indices.reduce(0) { sum, i in
      var rest = targets
      rest.remove(at: i)
      return sum + predictive(posterior(rest), targets[i])
    }
  }

  @Test func leaveOneOutMeetsTheExactValue() throws {
    let loo = samples(posterior(targets), count: 4000, seed: 1, points: targets).leaveOneOut()
    let error = try #require(loo.density.monteCarloError)
    #expect(abs(loo.density.total.value - exactLeaveOneOut) < 4 * error)
    #expect(error < 0.03 && loo.largestShape < 0.5)
  }

  /// The stated errors are the spread that repetitions show.
  @Test func monteCarloErrorsAreHonest() throws {
    let whole = posterior(targets)
    let runs = (0..<200).map { samples(whole, count: 300, seed: UInt64(100 + $0), points: targets) }
    func check(_ statistic: (PointwiseLogLikelihood) -> Estimate) throws {
      let estimates = runs.map(statistic)
      let values = estimates.map(\.value)
      let spread = try #require(Estimate.mean(values).standardError) * Double(values.count).squareRoot()
      let stated = try Estimate.mean(estimates.map { try #require($0.standardError) }).value
      #expect(abs(stated / spread - 1) < 0.2, "stated \(stated), seen \(spread)")
    }
    try check {
      Estimate($0.leaveOneOut().density.total.value, standardError: $0.leaveOneOut().density.monteCarloError)
    }
    try check { Estimate($0.waic.density.total.value, standardError: $0.waic.density.monteCarloError) }
    try check { Estimate($0.predictive.total.value, standardError: $0.predictive.monteCarloError) }
    try check { $0.conditionalLogMarginalLikelihood }
    try check { $0.jointWeights.jackknifedLogMean }
  }

  /// log p(last four | first eight), and the chain rule of exact densities for it.
  @Test func conditionalLogMarginalLikelihoodMeetsTheExactValue() throws {
    let (first, last) = (Array(targets.prefix(8)), Array(targets.suffix(4)))
    var seen = first
    var exact = 0.0
    for y in last {
      exact += predictive(posterior(seen), y)
      seen.append(y)
    }
    let estimate = samples(posterior(first), count: 20_000, seed: 9, points: last).conditionalLogMarginalLikelihood
    let error = try #require(estimate.standardError)
    #expect(abs(estimate.value - exact) < 4 * error && error < 0.02)
  }
}
