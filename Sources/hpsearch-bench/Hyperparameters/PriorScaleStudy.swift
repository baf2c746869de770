import ArgumentParser
import BayesianNetworks
import Foundation
import Tensors

/// The experiment of the lecture "Bayesian multimodelling" on MNIST, on some of its images and with a prior scale for each
/// layer: 784-300-10, chosen on a hold-out of the training images or by the evidence lower bound.
///
/// All methods make the same number of training steps, in the same descent with momentum but for the hypernetwork, which is
/// trained by Adam. Then the network is trained anew at what each has chosen, in the same way for all.
struct PriorScaleStudy {
  enum Objective: String, CaseIterable, ExpressibleByArgument {
    /// The negative log likelihood of images that the weights, a point estimate, are not trained on.
    case validation = "hold-out"
    /// The evidence lower bound of a factorised Gaussian.
    case evidence = "ELBO"
  }

  enum Method: String, CaseIterable, ExpressibleByArgument {
    case random, greedy
    case distilled = "DrMAD"
    case implicit = "HOAG"
    case hypernetwork
  }

  struct Outcome {
    /// The part of the test images that is classified right.
    var accuracy: Double
    /// Of a test image.
    var negativeLogLikelihood: Double
    /// Q at the chosen scales, of an image.
    var quality: Double
    var logScales: [Double]
    var seconds: Double
    /// Why the descent ended early.
    var divergence: String?
  }

  /// The lecture's, for half the negative logarithm of a precision.
  static let bounds = -5.5...2.5
  private static let starts = -5.0...2.0
  private static let (batch, heldOutPart) = (100, 5)

  let training: Examples<Float>
  let test: Examples<Float>
  let steps: Int
  let trainingSteps: Int
  /// Of the training at what was chosen.
  let finalSteps: Int
  private let key: RandomKey
  private let inner: Examples<Float>
  private let heldOut: Examples<Float>
  private let network = Network(inputs: 784, hidden: [300], outputs: 10, activation: .relu)

  /// - Parameters:
  ///   - steps: Of the hyperparameters, or points of the random search.
  ///   - trainingSteps: For each of them.
  init(
    _ images: PosterImages, images count: Int, testImages: Int, steps: Int, trainingSteps: Int, finalSteps: Int,
    seed: Int
  ) {
    (self.steps, self.trainingSteps, self.finalSteps) = (steps, trainingSteps, finalSteps)
    key = RandomKey(seed: UInt64(seed))
    // Other images for each seed, as far as there are enough.
    let first = (seed - 1) * count
    let split = first + count - count / Self.heldOutPart
    training = images.classified(first..<(first + count))
    inner = images.classified(first..<split)
    heldOut = images.classified(split..<(first + count))
    test = images.classified((images.count - testImages)..<images.count)
  }

  /// Chooses the scales and measures them.
  func run(_ method: Method, _ objective: Objective) throws -> Outcome {
    switch objective {
    case .validation:
      let point = pointProblem(inner, validation: heldOut)
      let choice = try choose(method, point)
      let quality = finalTraining(point, choice.point).quality
      // Nothing is held out in the end.
      let weights = finalTraining(pointProblem(training, validation: heldOut), choice.point).weights
      return outcome(PointPosterior(weights), choice, quality / Double(heldOut.count))
    case .evidence:
      // First scales that are small for every prior of the box: too large ones are steep there.
      let problem = RescaledPosterior(
        base: VariationalProblem(
          network, .categorical, prior: .gaussian(.layers),
          initialization: .init(means: .fanIn, rhoLow: -5.5, rhoHigh: -5), training: training))
      let choice = try choose(method, problem)
      let final = finalTraining(problem, choice.point)
      return outcome(problem.posterior(final.weights), choice, final.quality / Double(training.count))
    }
  }

  private func pointProblem(
    _ training: Examples<Float>, validation: Examples<Float>
  ) -> RegularizedNetworkProblem<Float> {
    RegularizedNetworkProblem(
      network, likelihood: .categorical, grouping: .layers, training: training, validation: validation)
  }

  private struct Choice {
    var point: [Double]
    var seconds: Double
    /// Why the descent ended there.
    var divergence: String?
  }

  private func choose<Problem: LayeredProblem>(
    _ method: Method, _ problem: Problem
  ) throws -> Choice where Problem.Scalar == Float {
    let clock = ContinuousClock()
    let start = clock.now
    var choice =
      switch method {
      case .random: try randomSearch(problem)
      case .hypernetwork: try selfTuning(problem)
      case .greedy, .distilled, .implicit: try descent(method, problem)
      }
    choice.seconds = (clock.now - start) / .seconds(1)
    return choice
  }

  private func point(_ label: Int, _ count: Int) -> [Double] {
    Vector<Double>.uniform(
      key.folded(1).folded(label), from: Self.starts.lowerBound, to: Self.starts.upperBound, count: count
    ).array
  }

  private var momentum: MomentumDescent { MomentumDescent(learningRate: 0.5, momentum: 0.9, steps: trainingSteps) }

  /// Of these points, all methods that start somewhere start at the first.
  private func randomSearch<Problem: BilevelProblem>(_ problem: Problem) throws -> Choice
  where Problem.Scalar == Float {
    // Trains and gives Q; the system with the Hessian is not of interest.
    let method = ImplicitHypergradient(
      .descent(momentum), solver: .conjugateGradients(iterations: 1), tolerance: .constant(1e-9))
    let estimator = try method.estimator(for: problem, batches: batches, key: key.folded(2))
    var best = (value: Double.infinity, point: point(0, problem.hyperparameterCount))
    var gradient = Vector<Float>(count: problem.hyperparameterCount)
    for step in 0..<steps {
      let candidate = point(step, problem.hyperparameterCount)
      let h = Vector(candidate.map { Float($0) })
      var state = estimator.initialState()
      let estimate = try? withExtendedLifetime(h) {
        try estimator.estimate(
          hyperparameters: h.unsafePointer, step: 0, state: &state, gradient: gradient.unsafeMutablePointer())
      }
      if let estimate, estimate.value < best.value { best = (estimate.value, candidate) }
    }
    return Choice(point: best.point, seconds: 0)
  }

  private var batches: BatchSizes { BatchSizes(training: Self.batch, curvature: 3 * Self.batch) }

  private func box(_ count: Int) throws -> HyperparameterBox {
    try HyperparameterBox(
      lower: Array(repeating: Self.bounds.lowerBound, count: count),
      upper: Array(repeating: Self.bounds.upperBound, count: count))
  }

  private func descent<Problem: BilevelProblem>(
    _ method: Method, _ problem: Problem
  ) throws -> Choice where Problem.Scalar == Float {
    var settings = HyperparameterDescentSettings(
      method: DistilledHypergradient(momentum, stride: 2), optimizer: Adam(learningRate: 0.4),
      schedule: .cosine(steps: steps), steps: steps, batches: batches)
    switch method {
    case .implicit:
      settings.method = ImplicitHypergradient(
        .descent(momentum), solver: .neumann(terms: 10, powerIterations: 3), tolerance: .constant(1e-6))
    case .greedy:
      // As many training steps in all, with a gradient after every tenth, of a minibatch.
      var short = momentum
      short.steps = 10
      settings.steps = max(1, steps * trainingSteps / short.steps)
      settings.schedule = .cosine(steps: settings.steps)
      settings.optimizer = Adam(learningRate: 0.4 * Double(steps) / Double(settings.steps))
      settings.batches.validation = Self.batch
      settings.method = GreedyHypergradient(short)
    case .random, .distilled, .hypernetwork: break
    }
    let count = problem.hyperparameterCount
    let search = try HyperparameterDescent(
      problem, start: Vector(point(0, count).map { Float($0) }), box: box(count), settings: settings,
      key: key.folded(2))
    while !search.isFinished {
      let last = search.state.hyperparameters.doubles
      do { try search.step() } catch { return Choice(point: last, seconds: 0, divergence: "\(error)") }
    }
    return Choice(point: search.state.hyperparameters.doubles, seconds: 0)
  }

  private func selfTuning<Problem: LayeredProblem>(_ problem: Problem) throws -> Choice where Problem.Scalar == Float {
    let (count, total) = (problem.hyperparameterCount, steps * trainingSteps)
    var search = HyperparameterSearch(
      start: point(0, count), box: try box(count), optimizer: Adam(learningRate: 0.02),
      scale: Array(repeating: 0.5, count: count))
    search.warmup = total / 10
    search.turns = (10, 1)
    search.schedule = .cosine(steps: total / 10)
    let trainer = try ResponseTrainer(
      problem, StructuredResponse(problem), method: SelfTuning(search, draws: 4, scaleTraining: nil),
      settings: ResponseSettings(schedule: .cosine(steps: total), batchSize: Self.batch), key: key.folded(3))
    while trainer.state.responseSteps < total {
      let last = trainer.state.hyperparameters.doubles
      do { try trainer.step() } catch { return Choice(point: last, seconds: 0, divergence: "\(error)") }
    }
    return Choice(point: trainer.state.hyperparameters.doubles, seconds: 0)
  }

  private func finalTraining<Problem: BilevelProblem>(
    _ problem: Problem, _ point: [Double]
  ) -> (weights: Vector<Float>, quality: Double) where Problem.Scalar == Float {
    let tuning = FineTuning(
      problem, FineTuningSettings(steps: finalSteps, batchSize: Self.batch), key: key.folded(4))
    let weights = tuning.tuned(problem.initialWeights(key: key.folded(5)), at: point)
    return (weights, tuning.value(weights, at: point))
  }

  private func outcome(_ posterior: any Posterior<Float>, _ choice: Choice, _ quality: Double) -> Outcome {
    let model = BayesianModel(network: network, likelihood: .categorical, prior: GaussianPrior(scale: 1))
    let scores = Evaluation(samples: 10, key: key.folded(6)).scores(
      of: MonteCarloPredictive(posterior, model: model), data: test
    ) { _ in }
    return Outcome(
      accuracy: 1 - (scores["error"] ?? .nan), negativeLogLikelihood: scores["nll"] ?? .nan, quality: quality,
      logScales: choice.point, seconds: choice.seconds, divergence: choice.divergence)
  }
}
