import Probability
import Tensors

// What the objectives share whose parameters are the means of all weights, their rhos, and the likelihood's parameters.

extension PosteriorInitialization {
  func variationalParameters<Scalar: DensityScalar>(of model: BayesianModel, key: RandomKey) -> Vector<Scalar> {
    parameters(of: model.network, followedBy: model.likelihood.initialParameters, key: key)
  }
}

extension BayesianModel {
  /// Where a mean, a rho or the likelihood's parameter belongs, for messages.
  func locateVariational(_ parameterIndex: Int) -> String {
    let count = network.parameterCount
    guard parameterIndex < 2 * count else { return "the noise scale" }
    return locate(parameterIndex % count) + (parameterIndex < count ? " (means)" : " (rhos)")
  }
}

extension TrainingError {
  /// Throws for a number of posterior samples that is below 1.
  static func checkSamples(_ samples: Int) throws(TrainingError) {
    guard samples >= 1 else {
      throw .badSetting(name: "the number of posterior samples", found: "\(samples)", expected: "at least 1")
    }
  }
}
