public import Tensors

/// Fits hyperparameters to observations by their posterior mode, and conditions a process on them. Always answers: with
/// odd data (none, one, all equal, duplicated, not finite) the prior's mode stays.
public struct GaussianProcessFit: Sendable {
  public var kernel = StationaryKernel.matern52
  /// nil: `HyperparameterPriors(dimension:)` with the mean number of coordinates a point has.
  public var priors: HyperparameterPriors?
  /// Warps of the inputs are tried from this many observations on, and this many for each number; nil: never.
  public var warping: (minimum: Int, perNumber: Int)? = (minimum: 20, perNumber: 5)
  /// Warps are kept where they raise the leave-one-out log density of the observations by this much for each number: with
  /// few or noisy observations the posterior mode of a warp alone would fit the noise.
  public var warpingGain = 1.0
  /// With more observations the hyperparameters are fitted to a subset.
  public var fittingLimit = 500
  /// With more observations the process itself is conditioned on a subset; see `SubsetSelection`.
  public var conditioningLimit = 2000
  /// Searches, the first of which begins with the last fit, the second with the prior's mode, others with draws.
  public var starts = 4
  public var iterations = 100
  /// The cost of a fit is capped: about this divided by n^3 evaluations for the searches together, and where that is
  /// little, fewer starts.
  public var evaluationBudget = 5e9
  /// The evaluations that a fit has in any case.
  public var leastEvaluations = 30
  /// Whether the last fit is near: searches start where it ended, with short steps, and warps that it had are kept without
  /// another look at the fit without them. They still find their own way back to the identity.
  public var continues = false
  /// Without a last fit, more observations than this are first fitted by a subset of as many.
  public var coarseLimit = 200

  public init() {}

  /// Goes on from a last fit that is close, which takes a few evaluations.
  public static var continuing: GaussianProcessFit {
    var fit = GaussianProcessFit()
    (fit.starts, fit.evaluationBudget, fit.leastEvaluations, fit.continues) = (1, 6e7, 6, true)
    return fit
  }

  /// Hyperparameters with the log posterior density that they have for the data they were fitted to; nil where no search
  /// found one.
  public struct Result: Sendable {
    public var hyperparameters: Hyperparameters
    public var logPosterior: Double?
    public var evaluations: Int
  }

  /// Whether the fit for `count` observations tries warps of its inputs.
  public func triesWarps(_ features: [InputFeature], count: Int) -> Bool {
    guard let warping else { return false }
    let numbers = features.count(where: \.isNumber)
    return numbers > 0 && count >= max(warping.minimum, warping.perNumber * numbers)
  }

  /// Fits and conditions.
  ///
  /// - Parameters:
  ///   - observations: On the standardised scale; those whose outcomes are not finite are left out.
  ///   - last: The last fit's hyperparameters, where the search starts.
  ///   - key: Chooses the other starts and subsets; equal arguments give equal bits.
  public func fit(
    _ observations: Observations, features: [InputFeature], last: Hyperparameters? = nil, key: RandomKey
  ) -> GaussianProcess {
    let usable = observations.usable
    let fitted = hyperparameters(usable, features: features, last: last, key: key)
    return process(usable, features: features, hyperparameters: fitted.hyperparameters, key: key)
  }

  /// Conditions a process with given hyperparameters, on a subset where there are too many observations.
  public func process(
    _ observations: Observations, features: [InputFeature], hyperparameters: Hyperparameters, key: RandomKey
  ) -> GaussianProcess {
    let usable = observations.usable
    let chosen = subset(usable, of: conditioningLimit, features: features, hyperparameters, key: key.folded(1))
    if let process = try? GaussianProcess(chosen, features: features, kernel: kernel, hyperparameters: hyperparameters)
    {
      return process
    }
    // Only numbers beyond the range of squares come here: the prior still answers.
    let nothing = Observations(points: Matrix(rows: 0, columns: features.count), outcomes: [])
    let priors = priors ?? HyperparameterPriors(dimension: usable.meanDimension)
    let parameters = HyperparameterVector(features, priors: priors, isWarped: false)
    guard
      let process = try? GaussianProcess(
        nothing, features: features, kernel: kernel, hyperparameters: parameters.hyperparameters(parameters.mode))
    else { preconditionFailure("the prior of \(features.count) features is a Gaussian process") }
    return process
  }

  /// The posterior mode of the hyperparameters.
  public func hyperparameters(
    _ observations: Observations, features: [InputFeature], last: Hyperparameters? = nil, key: RandomKey
  ) -> Result {
    let usable = observations.usable
    let priors = priors ?? HyperparameterPriors(dimension: usable.meanDimension)
    let plain = HyperparameterVector(features, priors: priors, isWarped: false)
    let mode = plain.hyperparameters(plain.mode)
    let warm = last.flatMap { $0.areValid && $0.lengthScales.count == features.count ? $0 : nil }
    let data = subset(usable, of: fittingLimit, features: features, warm ?? mode, key: key.folded(2))
    guard data.count > 1, !plain.elements.isEmpty, data.outcomes.contains(where: { $0 != data.outcomes[0] }) else {
      return Result(hyperparameters: mode, logPosterior: nil, evaluations: 0)
    }
    if warm == nil, data.count > coarseLimit, fittingLimit > coarseLimit {
      var coarse = self
      coarse.fittingLimit = coarseLimit
      let start = coarse.hyperparameters(usable, features: features, key: key)
      if start.logPosterior != nil {
        return hyperparameters(usable, features: features, last: start.hyperparameters, key: key)
      }
    }
    let warped = HyperparameterVector(features, priors: priors, isWarped: true)
    if continues, let warm, warm.warps != nil, triesWarps(features, count: usable.count) {
      let kept = search(data, warped, from: [warped.vector(warm)])
      if kept.logPosterior != nil { return kept }
    }
    var unwarped = warm
    unwarped?.warps = nil
    let first = search(data, plain, from: initialVectors(plain, last: unwarped, key: key))
    guard triesWarps(features, count: usable.count) else { return first }

    let vectors = [warm?.warps == nil ? nil : warm, first.hyperparameters].compactMap { $0.map(warped.vector) }
    var second = search(data, warped, from: vectors)
    second.evaluations += first.evaluations
    let gain = leaveOneOutDensity(data, features, second) - leaveOneOutDensity(data, features, first)
    if gain > warpingGain * Double(features.count(where: \.isNumber)) { return second }
    return Result(
      hyperparameters: first.hyperparameters, logPosterior: first.logPosterior, evaluations: second.evaluations)
  }

  /// The best end of the searches from several starts, as many of them as the budget allows.
  private func search(
    _ data: Observations, _ parameters: HyperparameterVector, from vectors: [[Double]]
  ) -> Result {
    let n = Double(data.count)
    let budget = Int(
      min(Double(2 * vectors.count * iterations), max(Double(leastEvaluations), evaluationBudget / (n * n * n))))
    let starts = max(1, min(vectors.count, budget / 40))
    var search = BoundedLBFGS()
    search.maximumIterations = iterations
    search.maximumEvaluations = budget / starts
    // A ten-thousandth of a nat changes no decision.
    search.relativeTolerance = 1e-4 / n
    search.gradientTolerance = 0.002 / n
    if continues { search.firstStep = 0.1 }

    var likelihood = MarginalLikelihood(data, kernel: kernel, parameters: parameters)
    var best: (vector: [Double], value: Double)?
    var evaluations = 0
    var valid = 0
    // Per observation, so that the tolerances mean the same for all n.
    func minimize(from start: [Double]) -> BoundedLBFGS.Result {
      search.minimize(from: start, lower: parameters.lower, upper: parameters.upper) { vector, gradient in
        let value = likelihood(vector, gradient: &gradient)
        for i in gradient.indices { gradient[i] = -gradient[i] / n }
        return -value / n
      }
    }
    for vector in vectors where valid < starts {
      var result = minimize(from: continues ? parameters.clamped(vector) : parameters.start(vector))
      if continues, !result.value.isFinite { result = minimize(from: parameters.start(vector)) }
      evaluations += result.evaluations
      if result.value.isFinite { valid += 1 }
      if result.value.isFinite, result.value < best?.value ?? .infinity { best = (result.point, result.value) }
    }
    guard let best, let mean = likelihood.mean(best.vector) else {
      return Result(
        hyperparameters: parameters.hyperparameters(parameters.mode), logPosterior: nil, evaluations: evaluations)
    }
    return Result(
      hyperparameters: parameters.hyperparameters(best.vector, mean: mean), logPosterior: -n * best.value,
      evaluations: evaluations)
  }

  private func leaveOneOutDensity(_ data: Observations, _ features: [InputFeature], _ result: Result) -> Double {
    let process = try? GaussianProcess(
      data, features: features, kernel: kernel, hyperparameters: result.hyperparameters)
    let density = process?.leaveOneOut().logDensity.reduce(0, +) ?? -.infinity
    return density.isNaN ? -.infinity : density
  }

  private func initialVectors(_ parameters: HyperparameterVector, last: Hyperparameters?, key: RandomKey) -> [[Double]]
  {
    var vectors: [[Double]] = []
    if let last { vectors.append(parameters.vector(last)) }
    vectors.append(parameters.mode)
    while vectors.count < starts {
      let normals = Vector<Double>.normal(key.folded(3).folded(vectors.count), count: parameters.elements.count)
      vectors.append(parameters.draw(standardNormals: normals.array))
    }
    return Array(vectors.prefix(max(1, starts)))
  }

  private func subset(
    _ observations: Observations, of limit: Int, features: [InputFeature], _ hyperparameters: Hyperparameters,
    key: RandomKey
  ) -> Observations {
    guard observations.count > limit else { return observations }
    let embedded = InputEmbedding(features, hyperparameters).embed(observations.points)
    return observations.selecting(
      SubsetSelection.select(limit, embedded: embedded, outcomes: observations.outcomes, key: key))
  }
}
