import BayesianNetworks
import Probability
import Tensors
import Testing

/// Derivatives of every objective, of first and second order, and every fused operation against its definition.
@Suite struct ObjectiveTests {
  static let likelihoods: [Likelihood] = [.gaussian(scale: 0.5), .gaussian(scale: 0.5, learned: true), .categorical]

  static func model(
    _ likelihood: Likelihood, _ prior: any Prior = GaussianPrior(scale: 0.6), dropout: Double = 0,
    activation: Activation = .tanh
  ) -> BayesianModel {
    BayesianModel(
      network: Network(inputs: 3, hidden: [4, 3], outputs: 2, activation: activation, dropout: dropout),
      likelihood: likelihood, prior: prior)
  }

  static let wide = PosteriorInitialization(mean: 0.8, rhoLow: -2, rhoHigh: 0.5)

  /// Every objective of a model, by name.
  static func objectives(_ model: BayesianModel) -> [(name: String, objective: any GraphObjective<Double>)] {
    var all: [(String, any GraphObjective<Double>)] = [
      ("maximum a posteriori", PointEstimateObjective(model, initialization: wide, maximumRows: 6)),
      ("radial", RadialObjective(model, samples: 3, initialization: wide, maximumRows: 6)),
    ]
    let isCentered = (model.prior as? GaussianPrior)?.mean == 0
    if isCentered {
      all.append(("maximum likelihood", PointEstimateObjective(model, hasPrior: false, maximumRows: 6)))
      let method = VariationalOnlineNewton(samples: 3, hessian: 0.7, effectiveSampleSize: 9)
      all.append(("IVON", IVONObjective(model, method: method, initialization: wide, maximumRows: 6)))
    }
    for objective in isCentered ? Hypernetwork.Objective.allCases : [] {
      for sharesSamples in [false, true] {
        let method = Hypernetwork(
          hidden: [4, 3], inputs: 2, inputNoise: 0.5, dropout: 0.25, objective: objective, samples: 2,
          sharesSamples: sharesSamples)
        all.append(
          ("\(method)", ImplicitObjective(model, method: method, initialization: wide, maximumRows: 6)))
      }
    }
    // One and two samples have kernels of their own.
    for samples in [1, 3] {
      let method = BayesByBackprop(estimator: .weightSampling, complexity: .sampled, samples: samples)
      all.append(
        (
          "weight sampling, \(samples) samples",
          VariationalObjective(model, method: method, initialization: wide, maximumRows: 6)
        ))
    }
    for estimator in BayesByBackprop.Estimator.allCases {
      for complexity in BayesByBackprop.Complexity.allCases {
        let method = BayesByBackprop(estimator: estimator, complexity: complexity, samples: 2)
        all.append(
          (
            "\(estimator), \(complexity)",
            VariationalObjective(model, method: method, initialization: wide, maximumRows: 6)
          ))
      }
      let refitting = BayesByBackprop(estimator: estimator, samples: 2, refitsPrior: true)
      all.append(
        (
          "\(estimator), refitted prior",
          VariationalObjective(model, method: refitting, initialization: wide, maximumRows: 6)
        ))
    }
    return all
  }

  @Test(arguments: likelihoods) func derivativesOfEveryObjective(likelihood: Likelihood) {
    let data: Examples<Double> = examples(likelihood, rows: 6, inputs: 3, outputs: 2)
    for prior in priors + [GaussianPrior(mean: 0.3, scale: 0.6)] {
      for (name, objective) in Self.objectives(Self.model(likelihood, prior)) {
        checkDerivatives(objective, data: data, "\(name), \(likelihood), \(prior)")
      }
    }
  }

  @Test func fusedOperationsAreTheirDefinitions() {
    var met: Set<String> = []
    for likelihood in Self.likelihoods[1...] {
      let data: Examples<Double> = examples(likelihood, rows: 6, inputs: 3, outputs: 2)
      for prior in likelihood == .categorical ? [priors[0]] : priors {
        for (name, objective) in Self.objectives(Self.model(likelihood, prior)) {
          met.formUnion(checkFusedOperations(objective, data: data, "\(name), \(likelihood), \(prior)"))
        }
      }
    }
    let expected: Set = [
      "GaussianDraw", "VariationalScale", "GaussianActivation", "CrossEntropy", "SquaredResiduals", "PriorDensity",
      "RadialDraw", "PrecisionDraw", "GeneratedAffine", "SharedPriorSums",
    ]
    let gradients = Set(expected.map { $0 + "Gradient" })
    #expect(met.isSuperset(of: expected.union(gradients)), "\(expected.union(gradients).subtracting(met)) were not met")
  }
}
