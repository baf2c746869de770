import ArgumentParser
import Foundation

struct Polynomials: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prior scales of polynomial features: random search and three hypergradient methods.",
    discussion: """
      The experiment of the lecture "Bayesian multimodelling": 40 points, 12 features, a prior scale for each weight, chosen \
      by the evidence lower bound or by 4-fold cross-validation in 50 steps. Prints the root mean square error on test \
      points and the objective, as means over the runs with their standard errors, beside the lecture's errors.

      EXAMPLES:
        hpsearch-bench polynomials
        hpsearch-bench polynomials --runs 20
      """)

  @Option(help: "Runs, each with data of its own.")
  var runs = 5

  @Option(help: "Steps of the hyperparameters, or points of the random search.")
  var steps = 50

  @Option(help: "Training steps for each of them.")
  var trainingSteps = 200

  /// The lecture's test errors.
  private static let printed: [PolynomialStudy.Objective: [PolynomialStudy.Method: Double]] = [
    .elbo: [.random: 1.368, .greedy: 1.161, .distilled: 1.157, .implicit: 1.141],
    .crossValidation: [.random: 1.367, .greedy: 1.421, .distilled: 1.403, .implicit: 1.432],
  ]

  func validate() throws {
    try check(["runs": runs, "steps": steps, "training-steps": trainingSteps])
  }

  func run() throws {
    print("objective  method  test RMSE          lecture  objective's value    seconds a run")
    for objective in PolynomialStudy.Objective.allCases {
      for method in PolynomialStudy.Method.allCases {
        var outcomes: [PolynomialStudy.Outcome] = []
        for run in 0..<runs {
          let study = PolynomialStudy(steps: steps, trainingSteps: trainingSteps, seed: run + 1)
          outcomes.append(try study.run(method, objective))
        }
        let printed = Self.printed[objective]?[method].map { String(format: "%.3f", $0) } ?? ""
        let seconds = outcomes.reduce(0) { $0 + $1.seconds } / Double(runs)
        print(
          column(objective.rawValue, 9), column(method.rawValue, 6),
          column(summary(outcomes.map(\.testError), digits: 3), 17), column(printed, 7),
          column(summary(outcomes.map(\.quality), digits: 2), 19), String(format: "%.2f", seconds), separator: "  ")
      }
    }
  }
}
