import BayesianNetworks
import StudyModel

/// Numbers that would be kept of a training, looked at before there is memory for them.
extension NetworkPlan {
  /// Memory for more than these is not there, and the numbers of a slip would overflow.
  private static let (mostWeights, mostLikelihoods) = (1e9, 250e6)

  /// Looks at the weights between layers of some widths.
  static func checkSize(_ widths: [Int], _ path: String) throws(ObjectiveError) {
    let weights = zip(widths, widths.dropFirst()).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    guard weights <= mostWeights else {
      throw ObjectiveError("\(path): makes a network of \(Float(weights)) weights; the limit is \(Int(mostWeights))")
    }
  }

  /// Looks at what the method and the scores keep.
  ///
  /// - Parameter rows: The examples that are trained on.
  func checkSizes(trainingRows rows: Int) throws(ObjectiveError) {
    let (inference, training) = (configuration.inference, configuration.training)
    let steps = Double(Minibatches.stepsPerEpoch(count: rows, batchSize: training.batchSize)) * Double(training.epochs)
    switch inference.method {
    case .deepEnsemble: try checkKept(inference.members, "inference.members")
    case .swag:
      let kept = Double(inference.averaging.rank)
      try checkKept(Int(min(kept, steps)), "inference.averaging.rank")
    case .sgld, .preconditionedSGLD, .cyclicalSGLD:
      try checkKept(Int(min(Double(inference.langevin.samples), steps)), "inference.langevin.samples")
    default: break
    }
    try checkLikelihoods(rows: rows)
  }

  private func checkKept(_ sets: Int, _ path: String) throws(ObjectiveError) {
    let weights = model.network.parameterCount
    guard Double(sets) * Double(weights) <= Self.mostWeights else {
      throw ObjectiveError(
        "\(path): \(sets) times \(weights) weights would be kept; the limit is \(Int(Self.mostWeights)) in all")
    }
  }

  /// Some scores need the likelihood of every training row under every posterior sample.
  private func checkLikelihoods(rows: Int) throws(ObjectiveError) {
    let inference = configuration.inference
    let samples =
      switch inference.method {
      case .deepEnsemble: min(inference.members, inference.evaluationSamples)
      case .sgld, .preconditionedSGLD, .cyclicalSGLD: min(inference.langevin.samples, inference.evaluationSamples)
      default: inference.evaluationSamples
      }
    for score in configuration.scores.sorted(by: { $0.rawValue < $1.rawValue }) {
      let scored: Double
      switch score {
      case .waic, .psisLOO: scored = Double(rows)
      case .clml: scored = Double(rows) * (1 - configuration.evaluation.conditional.fraction)
      default: continue
      }
      guard scored * Double(samples) <= Self.mostLikelihoods else {
        throw ObjectiveError(
          "inference.evaluationSamples: \(samples), and \"\(score.rawValue)\" keeps a number for each of them and each of "
            + "\(Int(scored)) training rows; the limit is \(Int(Self.mostLikelihoods)) numbers")
      }
    }
  }
}
