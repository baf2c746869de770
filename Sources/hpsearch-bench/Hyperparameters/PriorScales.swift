import ArgumentParser
import Foundation
import Tensors

struct PriorScales: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mnist-priors",
    abstract: "Prior scales of an MNIST network: random search, three hypergradient methods and a hypernetwork.",
    discussion: """
      The experiment of the lecture "Bayesian multimodelling" on some of MNIST's training images: 784-300-10 with a prior \
      scale for each layer, chosen on a hold-out or by the evidence lower bound in 25 steps. Prints accuracy and negative \
      log likelihood on other images and the objective of an image, after a training from scratch at what was chosen, as \
      means over the seeds with their standard errors, beside the accuracies of the thesis, which has all training images \
      and a scale for each weight.

      EXAMPLES:
        hpsearch-bench mnist-priors --data DATA
        hpsearch-bench mnist-priors --data DATA --images 5000 --training-steps 300
      """)

  @Option(help: ArgumentHelp("The folder that holds mnist/ (default: HPSEARCH_DATA).", valueName: "DIR"))
  var data: String?

  @Option(help: "Runs, each with training images of its own.")
  var seeds = 3

  @Option(help: "Training images.")
  var images = 3000

  @Option(help: "Test images.")
  var testImages = 10_000

  @Option(help: "Steps of the hyperparameters, or points of the random search.")
  var steps = 25

  @Option(help: "Training steps for each of them.")
  var trainingSteps = 100

  @Option(help: "Steps of the training from scratch at what was chosen.")
  var finalSteps = 3000

  @Option(parsing: .upToNextOption, help: "Only these objectives.")
  var objectives = PriorScaleStudy.Objective.allCases

  @Option(parsing: .upToNextOption, help: "Only these methods.")
  var methods = PriorScaleStudy.Method.allCases

  /// Of the thesis, for 784-300-10 and 60,000 images; its other column is cross-validation.
  private static let printed: [PriorScaleStudy.Objective: [PriorScaleStudy.Method: Double]] = [
    .validation: [.random: 0.981, .greedy: 0.979, .distilled: 0.982, .implicit: 0.980],
    .evidence: [.random: 0.982, .greedy: 0.977, .distilled: 0.982, .implicit: 0.981],
  ]

  func validate() throws {
    try check(["seeds": seeds, "test-images": testImages, "steps": steps, "final-steps": finalSteps])
    try check(["training-steps": trainingSteps], atLeast: 10)
    try check(["images": images], atLeast: 500)
    if seeds * images + testImages > 60_000 {
      throw ValidationError(
        "\(seeds) x \(images) training and \(testImages) test images are more than the 60,000 there are")
    }
  }

  func run() throws {
    BLAS.setThreads(1)
    let all = try PosterImages(folder: data, images: seeds * images + testImages)
    print("objective  method        accuracy           thesis  test NLL           objective          log scales     s")
    for objective in objectives {
      for method in methods {
        let outcomes = try (1...seeds).map { seed in
          let outcome = try PriorScaleStudy(
            all, images: images, testImages: testImages, steps: steps, trainingSteps: trainingSteps,
            finalSteps: finalSteps, seed: seed
          ).run(method, objective)
          let ended = outcome.divergence.map { ", ended early: \($0)" } ?? ""
          let text = "\(objective.rawValue), \(method.rawValue), seed \(seed): accuracy \(outcome.accuracy)\(ended)\n"
          FileHandle.standardError.write(Data(text.utf8))
          return outcome
        }
        print(line(objective, method, outcomes))
        fflush(nil)
      }
    }
  }

  private func line(
    _ objective: PriorScaleStudy.Objective, _ method: PriorScaleStudy.Method, _ outcomes: [PriorScaleStudy.Outcome]
  ) -> String {
    let layers = (outcomes.first?.logScales ?? []).indices.map { layer in
      let mean = outcomes.reduce(0) { $0 + $1.logScales[layer] } / Double(outcomes.count)
      return String(format: "%.1f", mean)
    }
    let seconds = outcomes.reduce(0) { $0 + $1.seconds } / Double(outcomes.count)
    let diverged = outcomes.count { $0.divergence != nil }
    let cells = [
      column(objective.rawValue, 9), column(method.rawValue, 12),
      column(summary(outcomes.map(\.accuracy), digits: 4), 17),
      column(Self.printed[objective]?[method].map { String(format: "%.3f", $0) } ?? "", 6),
      column(summary(outcomes.map(\.negativeLogLikelihood), digits: 4), 17),
      column(summary(outcomes.map(\.quality), digits: 4), 17), column(layers.joined(separator: " "), 11),
      String(format: "%4.0f", seconds), diverged > 0 ? "\(diverged) diverged" : "",
    ]
    return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
  }
}
