import BayesianNetworks
import Foundation
import Tensors

/// Figure 2 of the poster: a hypernetwork of 1-50-7850 units, trained over p(h) = N(1, 3^2) moved into [-100, 4],
/// beside trainings from scratch and the exact best responses.
struct PosterFigure {
  /// A point of the figure; all losses are those of a validation image and output.
  struct Row {
    var hyperparameter: Double
    var exact: Double
    var hypernetwork: Double
    var scratch: Double
  }

  private static let training = 10
  private static let validation = 10_000
  private static let range = -1.0...3.0
  /// Of the hypernetwork; the poster's authors make 100,000 with Adam's rate at 1e-4 and as many draws.
  private static let steps = 30_000
  private static let rate = 2e-4
  private static let draws = 10
  /// The poster's optimum, a comment in its authors' program.
  private static let printed = 1.8

  private let images: PosterImages
  private let sets: Int
  private let problem: PosterProblem
  private let path: RidgePath

  /// - Parameter sets: Sets of training images for which the optimum is computed; the first has the hypernetwork.
  init(data: String?, sets: Int) throws {
    let total = Self.training * sets + Self.validation
    images = try PosterImages(folder: data, images: total)
    self.sets = sets
    problem = PosterProblem(
      training: images.examples(0..<Self.training),
      validation: images.examples(Self.training..<(Self.training + Self.validation)), penalty: .together,
      initialScale: 0.01)
    path = RidgePath(training: problem.training, validation: problem.validation)
  }

  func run(plot: String?) throws {
    let optimum = try path.optimum()
    let box = try HyperparameterBox(lower: [Self.range.lowerBound], upper: [Self.range.upperBound])
    let start = ContinuousClock.now
    let surface = try learnedSurface()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let scratch = ScratchTraining(problem, key: RandomKey(seed: 2))
    let errors = ValidationErrors(problem.validation)
    func learned(_ h: Double) -> Double { surface.value(at: [h]).value / Double(problem.validation.count) }

    let rows = try box.grid(10).map { point in
      Row(
        hyperparameter: point[0], exact: try path.response(at: point[0]).loss, hypernetwork: learned(point[0]),
        scratch: errors.totals([scratch.weights(at: point)])[0])
    }
    print("lambda  exact   hypernetwork  from scratch")
    for row in rows {
      print(
        String(format: "%6.3f  %.4f  %.4f        %.4f", row.hyperparameter, row.exact, row.hypernetwork, row.scratch))
    }
    let found = surface.optimum(in: box, randomStarts: 1, steps: 100, key: RandomKey(seed: 3)).hyperparameters[0]
    let scratchOptimum = Self.scratchOptimum(scratch, errors, near: optimum.hyperparameter)
    print(
      String(format: "optimum  exact %.3f  hypernetwork %.3f", optimum.hyperparameter, found)
        + String(format: "  from scratch %.2f  poster %.1f", scratchOptimum, Self.printed))
    print(
      String(format: "true loss  at the hypernetwork's optimum %.4f", try path.response(at: found).loss)
        + String(
          format: "  best %.4f  at the poster's optimum %.4f", optimum.loss, try path.response(at: Self.printed).loss))
    print(String(format: "%d steps of the hypernetwork in %.1f s", Self.steps, seconds))
    printScalings(optimum)
    try printSets()
    if let plot { try draw(rows, learned: learned, found: found, to: plot) }
  }

  private func learnedSurface() throws -> ResponseSurface<Float> {
    let clip = try HyperparameterBox(lower: [-100], upper: [4])
    let response = PerceptronResponse<Float>(
      weights: problem.weightCount, hyperparameters: 1, hidden: [50], activation: .relu, inputScales: [3])
    print("hypernetwork of 1-50-\(problem.weightCount) units, \(response.parameterCount) parameters")
    let trainer = try ResponseTrainer(
      problem, response, method: GlobalHypernetwork(.normal(mean: [1], scale: [3], clippedTo: clip), draws: Self.draws),
      settings: ResponseSettings(
        optimizer: Adam(learningRate: Self.rate), schedule: .cosine(steps: Self.steps), batchSize: Self.training),
      key: RandomKey(seed: 1))
    for _ in 0..<Self.steps { try trainer.step() }
    return ResponseSurface(
      problem, members: [.init(response, trainer.state)], blockRows: 2000, key: RandomKey(seed: 4))
  }

  /// The best of trainings from scratch, 0.05 from one another.
  private static func scratchOptimum(
    _ scratch: ScratchTraining, _ errors: ValidationErrors, near center: Double
  ) -> Double {
    let points = (-8...8).map { (20 * center).rounded() / 20 + 0.05 * Double($0) }
    let losses = errors.totals(points.map { scratch.weights(at: [$0]) })
    return zip(points, losses).min { $0.1 < $1.1 }?.0 ?? .nan
  }

  /// Where the same ridge regression lies in other ways to write the training loss: exp(lambda) = factor a, or with the
  /// norm itself factor a |w|.
  private func printScalings(_ optimum: RidgePath.Response) {
    let (n, c) = (Double(Self.training), Double(PosterProblem.outputs))
    let shift = log(optimum.norm)
    let scalings = [
      ("-log N(t; y, 0.1^2), mean over images and classes", "|w|", log(2 * PosterProblem.precision / c) + shift),
      ("-log N(t; y, 0.1^2), mean over images and classes", "|w|^2", log(PosterProblem.precision / c)),
      ("squared error, mean over images and classes", "|w|^2", -log(c)),
      ("squared error, mean over images, sum over classes", "|w|", log(2.0) + shift),
      ("squared error, mean over images, sum over classes", "|w|^2", 0),
      ("squared error, mean over images, sum over classes", "|w|^2 / 2", log(2.0)),
      ("squared error, sum over images and classes", "|w|", log(2 * n) + shift),
      ("squared error, sum over images and classes", "|w|^2", log(n)),
      ("half of the squared error, sum over images and classes", "|w|^2", log(n / 2)),
    ]
    print("the same optimum where loss and penalty are written in other ways (the first is that above)")
    for (loss, penalty, factor) in scalings {
      let text = loss.padding(toLength: 55, withPad: " ", startingAt: 0)
      print(
        text + penalty.padding(toLength: 10, withPad: " ", startingAt: 0),
        String(format: "%6.2f", optimum.logDecay + factor))
    }
  }

  /// The exact optimum for other training images, behind the validation images.
  private func printSets() throws {
    guard sets > 1 else { return }
    let optima = try (0..<sets).map { set in
      guard set > 0 else { return try path.optimum().hyperparameter }
      let start = Self.validation + Self.training * set
      let training = images.examples(start..<(start + Self.training))
      return try RidgePath(training: training, validation: problem.validation).optimum().hyperparameter
    }
    print(
      "exact optimum for \(sets) sets of \(Self.training) images: "
        + String(
          format: "median %.2f, lowest %.2f, highest %.2f", optima.median, optima.min() ?? .nan, optima.max() ?? .nan))
  }

  private func draw(_ rows: [Row], learned: (Double) -> Double, found: Double, to file: String) throws {
    let points = stride(from: -2.0, through: 3.5, by: 0.05).map { $0 }
    let plot = CurvePlot(
      title: "Validation loss of a linear model of 10 images", x: "weight of the penalty, lambda",
      y: "validation loss",
      curves: [
        .init(
          name: "hypernetwork", color: "#c0392b", style: .line, points: points.map { ($0, learned($0)) }),
        .init(
          name: "exact best response", color: "#2c6fbb", style: .dashes,
          points: try points.map { ($0, try path.response(at: $0).loss) }),
        .init(
          name: "trained from scratch", color: "#000000", style: .crosses,
          points: rows.map { ($0.hyperparameter, $0.scratch) }),
      ],
      marks: [
        .init(name: String(format: "hypernetwork's optimum %.2f", found), color: "#c0392b", x: found),
        .init(name: String(format: "poster's optimum %.1f", Self.printed), color: "#888888", x: Self.printed),
      ])
    try Data(plot.svg.utf8).write(to: URL(fileURLWithPath: file))
  }
}
