import BayesianNetworks
import Foundation
import Tensors

/// The polynomial experiment of the lecture "Bayesian multimodelling": m points with x ~ N(0, 1) and y = x + N(0, 1), the
/// features 1, x, ... x^9, sin x and cos x, and a prior scale for each of the 12 weights, chosen by one of two objectives.
///
/// Features are divided by their root mean square over the training points, without which gradient descent has no
/// learning rate.
struct PolynomialStudy {
  enum Objective: String, CaseIterable {
    /// The evidence lower bound of a factorised Gaussian.
    case elbo = "ELBO"
    /// k-fold cross-validation with a point estimate for each fold.
    case crossValidation = "CV"
  }

  enum Method: String, CaseIterable {
    case random, greedy
    case distilled = "DrMAD"
    case implicit = "HOAG"
  }

  struct Outcome {
    /// Root mean square error on the test points.
    var testError: Double
    /// Q of the objective at the chosen prior, with weights trained to the end.
    var quality: Double
    var seconds: Double
  }

  /// Steps of the hyperparameters, or points of the random search.
  var steps: Int
  /// Training steps for each step of the hyperparameters.
  var trainingSteps: Int
  let training: Examples<Double>
  let test: Examples<Double>
  private let folds: CrossValidation
  private let key: RandomKey

  private static let bounds = -4.0...1.0
  private static let weights = 12

  init(points: Int = 40, testPoints: Int = 1000, folds: Int = 4, steps: Int = 50, trainingSteps: Int = 200, seed: Int) {
    key = RandomKey(seed: UInt64(seed))
    self.steps = steps
    self.trainingSteps = trainingSteps
    let x = Vector<Double>.normal(key.folded(0), count: points).array
    let scales = (0..<(Self.weights - 1)).map { column in
      (x.reduce(0) { $0 + pow(Self.features($1)[column], 2) } / Double(points)).squareRoot()
    }
    training = Self.examples(x, scales: scales, key: key.folded(1))
    test = Self.examples(
      Vector<Double>.normal(key.folded(2), count: testPoints).array, scales: scales, key: key.folded(3))
    self.folds = CrossValidation(count: points, folds: folds, key: key.folded(4))
  }

  /// x, ... x^9, sin x, cos x; the network has the constant.
  private static func features(_ x: Double) -> [Double] {
    (1...9).map { pow(x, Double($0)) } + [sin(x), cos(x)]
  }

  private static func examples(_ x: [Double], scales: [Double], key: RandomKey) -> Examples<Double> {
    let noise = Vector<Double>.normal(key, count: x.count).array
    return Examples(
      inputs: Matrix(
        x.flatMap { zip(features($0), scales).map { $0 / $1 } }, rows: x.count, columns: scales.count),
      targets: .values(Matrix(zip(x, noise).map { $0 + $1 }, rows: x.count, columns: 1)))
  }

  private var network: Network { Network(inputs: Self.weights - 1, hidden: [], outputs: 1) }

  /// All points as training points, and as validation points.
  private var pointProblem: RegularizedNetworkProblem<Double> {
    RegularizedNetworkProblem(
      network, likelihood: .gaussian(scale: 1), grouping: .weights, training: training, validation: training)
  }

  /// Chooses the prior and measures it.
  func run(_ method: Method, _ objective: Objective) throws -> Outcome {
    switch objective {
    case .elbo:
      return try run(
        method, VariationalProblem(network, .gaussian(scale: 1), prior: .gaussian(.weights), training: training),
        learningRate: 0.25)
    case .crossValidation:
      // The mean over folds divides each fold's gradient by their number.
      return try run(
        method, FoldedProblem(pointProblem, folds: folds), learningRate: 0.25 * Double(folds.folds.count))
    }
  }

  private func run<Problem: BilevelProblem>(
    _ method: Method, _ problem: Problem, learningRate: Double
  ) throws -> Outcome where Problem.Scalar == Double {
    let clock = ContinuousClock()
    let start = clock.now
    let chosen =
      method == .random
      ? try randomSearch(problem) : try descent(method, problem, learningRate: learningRate)
    let elapsed = clock.now - start
    let quality = try trained(problem, chosen).value
    // The bound's means are those of the weights; with folds the weights are trained on all points once more.
    let weights =
      problem is VariationalProblem<Double>
      ? try trained(problem, chosen).weights : try trained(pointProblem, chosen).weights
    return Outcome(
      testError: testError(weights), quality: quality,
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
  }

  private func descent<Problem: BilevelProblem>(
    _ method: Method, _ problem: Problem, learningRate: Double
  ) throws -> [Double] where Problem.Scalar == Double {
    let descent = MomentumDescent(learningRate: learningRate, momentum: 0.9, steps: trainingSteps)
    var settings = HyperparameterDescentSettings(
      method: ImplicitHypergradient(.newton(), solver: .conjugateGradients(iterations: 200)),
      optimizer: Adam(learningRate: 0.2), schedule: .cosine(steps: steps), steps: steps)
    switch method {
    case .greedy:
      // As many training steps in all, with a gradient after every tenth.
      var short = descent
      short.steps = 10
      settings.steps = max(1, steps * trainingSteps / 10)
      settings.schedule = .cosine(steps: settings.steps)
      settings.optimizer = Adam(learningRate: 0.02)
      settings.method = GreedyHypergradient(short)
    case .distilled: settings.method = DistilledHypergradient(descent)
    case .implicit, .random: break
    }
    let search = try HyperparameterDescent(
      problem, start: Vector(count: problem.hyperparameterCount), box: box(problem), settings: settings,
      key: key.folded(5))
    while !search.isFinished { try search.step() }
    // What a method thinks of its points comes from weights that are not trained to the end: some of them are verified.
    let trajectory = search.state.trajectory
    let visited = stride(from: 0, to: trajectory.count, by: max(1, trajectory.count / 10)).compactMap {
      trajectory[$0].hyperparameters
    }
    return try best(problem, visited + [search.state.hyperparameters.array])
  }

  private func box<Problem: BilevelProblem>(_ problem: Problem) throws -> HyperparameterBox {
    try HyperparameterBox(
      lower: Array(repeating: Self.bounds.lowerBound, count: problem.hyperparameterCount),
      upper: Array(repeating: Self.bounds.upperBound, count: problem.hyperparameterCount))
  }

  private func randomSearch<Problem: BilevelProblem>(_ problem: Problem) throws -> [Double]
  where Problem.Scalar == Double {
    let points = (0..<steps).map { step in
      Vector<Double>.uniform(
        key.folded(6).folded(step), from: Self.bounds.lowerBound, to: Self.bounds.upperBound,
        count: problem.hyperparameterCount
      ).array
    }
    return try best(problem, points)
  }

  /// The point with the lowest Q of weights that are trained to the end.
  private func best<Problem: BilevelProblem>(_ problem: Problem, _ points: [[Double]]) throws -> [Double]
  where Problem.Scalar == Double {
    var best = (value: Double.infinity, point: [Double]())
    for point in points {
      let value = try trained(problem, point).value
      if value < best.value { best = (value, point) }
    }
    return best.point
  }

  /// Q and the weights at given hyperparameters, trained to the end.
  private func trained<Problem: BilevelProblem>(
    _ problem: Problem, _ point: [Double]
  ) throws -> (value: Double, weights: [Double]) where Problem.Scalar == Double {
    let method = ImplicitHypergradient(
      .newton(steps: 200), solver: .conjugateGradients(iterations: 1), tolerance: .constant(1e-7))
    let estimator = try method.estimator(for: problem, batches: BatchSizes(), key: key.folded(5))
    var state = estimator.initialState()
    let hyperparameters = Vector(point)
    var gradient = Vector<Double>(count: point.count)
    let estimate = try withExtendedLifetime(hyperparameters) {
      try estimator.estimate(
        hyperparameters: hyperparameters.unsafePointer, step: 0, state: &state,
        gradient: gradient.unsafeMutablePointer())
    }
    return (estimate.value, state.weights.array)
  }

  private func testError(_ weights: [Double]) -> Double {
    guard case .values(let targets) = test.targets else { return .nan }
    let columns = test.inputs.columns
    let squares = (0..<test.count).reduce(0.0) { sum, row in
      var output = weights[columns]
      for column in 0..<columns { output += weights[column] * test.inputs[row, column] }
      return sum + pow(output - targets[row, 0], 2)
    }
    return (squares / Double(test.count)).squareRoot()
  }
}
