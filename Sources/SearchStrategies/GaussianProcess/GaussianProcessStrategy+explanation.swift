import Foundation
import GaussianProcesses
package import StudyModel
import Tensors

extension GaussianProcessStrategy {
  /// What the model believes after the trials that were told. It is fitted anew, and the strategy stays as it is.
  ///
  /// - Returns: Nil where there is nothing to learn from: fewer than two trials with an outcome, or one point alone.
  package func explanation(_ request: AskRequest) -> ModelExplanation? {
    let results = results
    guard results.count > 1, encoding.width > 0 else { return nil }
    let model = SurrogateModel(
      results.map(\.result), features: encoding.features, kernel: kernel, last: nil,
      key: key(trial: request.asked.count))
    let process = model.process
    let means = process.posteriorMean(at: encoding.matrix(results.map(\.result.row)))
    guard let best = means.indices.max(by: { (means[$0], -$0) < (means[$1], -$1) }) else { return nil }
    return ModelExplanation(
      metric: objective.metric, goal: objective.goal, trials: results.count, failures: learned.count - results.count,
      kernel: settings.kernel.rawValue,
      noise: (process.noiseVariance / (process.noiseVariance + process.signalVariance)).squareRoot(),
      compressesOutcomes: model.transform.isCompressing, warpsInputs: process.hyperparameters.warps != nil,
      dimensions: dimensions(process), leaveOneOut: Self.leaveOneOut(process),
      predictedBest: prediction(at: predictedBest(process, trial: request.asked.count), model),
      bestTrial: results[best].trial, bestTrialPrediction: prediction(at: results[best].result.row, model),
      next: next(request, model, best: means[best]))
  }

  private func prediction(at row: [Double], _ model: SurrogateModel) -> ModelExplanation.Prediction {
    let expected = model.prediction(at: row)
    return ModelExplanation.Prediction(
      point: encoding.point(of: row), mean: objective.goal == .maximize ? expected.mean : -expected.mean,
      standardDeviation: expected.standardDeviation)
  }

  private func dimensions(_ process: GaussianProcess) -> [ModelExplanation.Dimension] {
    let rows = 1024
    let sequence = ScrambledSobolSequence(dimensions: 2 * encoding.width, seed: 0)
    let uniforms = Matrix((0..<rows).flatMap { sequence.point($0) }, rows: rows, columns: 2 * encoding.width)
    let indices = process.sobolIndices(uniforms: uniforms) { encoding.rows(atUniforms: $0) }
    let importance = process.hyperparameters.importance
    return encoding.names.enumerated().map { column, name in
      ModelExplanation.Dimension(
        name: name, lengthScale: process.lengthScales[column], importance: importance[column],
        mainEffect: indices.main[column], totalEffect: indices.total[column])
    }
  }

  private static func leaveOneOut(_ process: GaussianProcess) -> ModelExplanation.LeaveOneOut? {
    guard process.count > 2 else { return nil }
    let found = process.leaveOneOut()
    let outcomes = process.outcomes
    let n = Double(outcomes.count)
    let average = outcomes.reduce(0, +) / n
    let (errors, spread) = zip(outcomes, found.mean).reduce((0, 0)) { sums, pair in
      (sums.0 + (pair.0 - pair.1) * (pair.0 - pair.1), sums.1 + (pair.0 - average) * (pair.0 - average))
    }
    guard spread > 0 else { return nil }
    let inside = outcomes.indices.count {
      abs(outcomes[$0] - found.mean[$0]) <= 1.6448536269514722 * found.variance[$0].squareRoot()
    }
    return ModelExplanation.LeaveOneOut(
      explainedVariance: 1 - errors / spread, coverage90: Double(inside) / n,
      logDensity: found.logDensity.reduce(0, +) / n)
  }

  /// Where the posterior mean is greatest.
  private func predictedBest(_ process: GaussianProcess, trial: Int) -> [Double] {
    let candidates = CandidatePoints(
      process, encoding: encoding, cube: scrambled(cube, trial: trial), key: key(trial: trial).folded(1))
    let optimizer = AcquisitionOptimizer(
      features: encoding.features, lengthScales: process.lengthScales, isStructural: encoding.isStructural)
    let found = optimizer.maximize(
      UpperConfidenceBound(process, beta: 0), candidates: encoding.matrix(candidates.rows),
      incumbents: candidates.incumbents, key: key(trial: trial).folded(2), repair: { encoding.repair(&$0) })
    return found.first?.point ?? candidates.rows[0]
  }

  private func next(
    _ request: AskRequest, _ model: SurrogateModel, best: Double
  ) -> ModelExplanation.Next? {
    var strategy = self
    guard let suggestion = strategy.ask(request).first else { return nil }
    let row = encoding.row(of: suggestion.point)
    let posterior = model.process.posterior(at: encoding.matrix([row]))
    let deviation = max(posterior.variance[0], 1e-14).squareRoot()
    return ModelExplanation.Next(
      prediction: prediction(at: row, model),
      probabilityOfImprovement: 0.5 * erfc(-(posterior.mean[0] - best) / deviation / 2.0.squareRoot()),
      novelty: deviation / model.process.signalVariance.squareRoot())
  }
}
