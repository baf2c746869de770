public import Probability
public import Tensors

extension Evaluation {
  /// The predictive scores on some data: `lppd`, `nll`, `ece`, `rmse` or `error`, and `noise` of a regression.
  public func scores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, progress: (Int) throws -> Void
  ) rethrows -> [String: Double] {
    try predictiveScores(of: predictive, data: data, progress: progress).values
  }

  /// The predictive scores on some data, with which more can be computed.
  ///
  /// - Parameter hasErrors: Whether the Monte Carlo standard errors are wanted too. They cost the memory of about twenty
  ///   predictions of the data.
  public func predictiveScores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, hasErrors: Bool = false,
    progress: (Int) throws -> Void
  ) rethrows -> PredictiveScores {
    switch data.targets {
    case .values(let targets):
      let (scores, noise) = try regressionScores(
        of: predictive, data: data, targets: targets, hasErrors: hasErrors, progress: progress)
      return .regression(scores, noise: noise, scaling: scaling)
    case .classes(let classes):
      return .classification(
        try classificationScores(
          of: predictive, data: data, classes: classes, hasErrors: hasErrors, progress: progress))
    }
  }

  /// The scores of a regression and the mean of its noise scale, as the network sees the targets: exact where the
  /// predictive distribution is Gaussian in closed form, and from samples otherwise.
  public func regressionScores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, targets: Matrix<Scalar>, hasErrors: Bool = false,
    progress: (Int) throws -> Void
  ) rethrows -> (scores: RegressionScores, noise: Double) {
    let values = targets.elements.doubles
    if let (outputs, noise) = (predictive as? OutputPredictive<Scalar>)?.regression(of: data.inputs) {
      let variances = (0..<outputs.rows).flatMap { row in (0..<outputs.outputs).map { outputs.variance(row, $0) } }
      let scores = RegressionScores(
        targets: values, outputs: targets.columns, means: outputs.means.elements.array, variances: variances,
        noise: noise, logDensities: outputs.logDensities(of: values, noise: noise))
      try progress(predictive.drawn(samples))
      return (scores, noise)
    }
    var scores = RegressionScores(
      targets: values, outputs: targets.columns, groups: hasErrors ? groups(of: predictive) : nil)
    var noises: [Double] = []
    try predictive.predict(data, samples: samples, key: key) { sample, outputs, noise in
      scores.add(outputs, noise: noise ?? 1)
      noises.append(noise ?? 1)
      try progress(sample + 1)
    }
    return (scores, Estimate.mean(noises).value)
  }

  /// The scores of a classification, with which more can be computed: Brier score, reliability.
  public func classificationScores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, classes: [Int32], hasErrors: Bool = false,
    progress: (Int) throws -> Void
  ) rethrows -> ClassificationScores {
    var scores: ClassificationScores?
    try predictive.predict(data, samples: samples, key: key) { sample, outputs, _ in
      if scores == nil {
        scores = ClassificationScores(
          targets: classes.map { Int($0) }, classes: outputs.count / classes.count,
          groups: hasErrors ? groups(of: predictive) : nil)
      }
      scores?.add(logits: outputs)
      try progress(sample + 1)
    }
    guard let scores else { preconditionFailure("a predictive distribution has at least one sample") }
    return scores
  }

  private func groups<Scalar: DensityScalar>(of predictive: any Predictive<Scalar>) -> JackknifeGroups? {
    let drawn = predictive.drawn(samples)
    return drawn > 1 ? JackknifeGroups(samples: drawn) : nil
  }
}

/// The same without progress.
extension Evaluation {
  public func scores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>
  ) -> [String: Double] {
    scores(of: predictive, data: data) { _ in }
  }

  public func predictiveScores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, hasErrors: Bool = false
  ) -> PredictiveScores {
    predictiveScores(of: predictive, data: data, hasErrors: hasErrors) { _ in }
  }

  public func classificationScores<Scalar: DensityScalar>(
    of predictive: any Predictive<Scalar>, data: Examples<Scalar>, classes: [Int32]
  ) -> ClassificationScores {
    classificationScores(of: predictive, data: data, classes: classes) { _ in }
  }
}
