import ArgumentParser
import Foundation
import SearchStrategies
import StudyModel
import Tensors

struct Suggest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How long one suggestion takes after so many trials, beside Optuna and BoTorch.",
    discussion: """
      The trials are uniform points of Hartmann's function in six dimensions, or of a sum of squares in other numbers of \
      them. The first time, a model is fitted from nothing, as the other libraries do every time; when the trials have grown by \
      a twentieth, it is fitted again from the last fit; in between, which is most often, it takes the new trials in.

      EXAMPLES:
        hpsearch-bench suggest --observations 1000 --dimensions 6
        hpsearch-bench suggest --observations 200 --python python3
      """)

  @Option(help: "Trials that are known.")
  var observations = 1000

  @Option(help: "Dimensions of the space.")
  var dimensions = 6

  @Option(help: "Suggestions that are timed.")
  var repetitions = 5

  @Option(help: "BLAS threads.")
  var threads = 1

  @Option(help: ArgumentHelp("A Python with optuna and botorch, for the other side.", valueName: "PROGRAM"))
  var python: String?

  func validate() throws {
    try check([
      "observations": observations, "dimensions": dimensions, "repetitions": repetitions, "threads": threads,
    ])
  }

  func run() throws {
    BLAS.setThreads(threads)
    let name = "suggest observations=\(observations) dimensions=\(dimensions) threads=\(threads)"
    var cold = Double.nan
    for model in Model.allCases {
      let ours = (0..<repetitions).map { measure(model, repetition: $0) }.sorted()
      if model == .fitted { cold = ours.median }
      let slowest = text(ours[ours.count - 1])
      print("\(name) hpsearch, \(model.rawValue): median \(text(ours.median)) s, slowest \(slowest) s")
    }
    guard let python else { return }
    for framework in ["optuna", "botorch"] {
      let output = try PythonScript(python: python).run(
        Self.script, [framework, "\(observations)", "\(dimensions)", "\(threads)", "\(min(3, repetitions))"])
      let theirs = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.sorted()
      guard !theirs.isEmpty else { throw ValidationError("\(python) did not run \(framework); is it installed there?") }
      print("\(name) \(framework) median \(text(theirs.median)) s, ratio \(text(theirs.median / cold))")
    }
  }

  private enum Model: String, CaseIterable {
    case fitted = "fitted from nothing"
    case refitted = "fitted from the last fit"
    case kept = "fit kept"

    /// Trials that the last fit knew.
    func known(of observations: Int) -> Int {
      switch self {
      case .fitted: 0
      case .refitted: max(1, observations * 9 / 10)
      case .kept: max(1, observations - max(1, observations / 50))
      }
    }
  }

  /// Seconds of one suggestion.
  private func measure(_ model: Model, repetition: Int) -> Double {
    let space = SearchSpace((1...dimensions).map { Dimension("x\($0)", .float(0...1, log: false, steps: nil)) })
    let configuration = SearchSimulation.configuration(space, trials: observations + 100, seed: repetition)
    var strategy = GaussianProcessStrategy(configuration)
    let uniform = Vector<Double>.uniform(RandomKey(seed: UInt64(repetition)), count: observations * dimensions)
    let points = (0..<observations).map { row in
      space.point { column, _ in .number(uniform[row * dimensions + column]) }
    }
    func trial(_ number: Int) -> CompletedTrial {
      let x = space.dimensions.map { points[number][$0.name]?.double ?? 0 }
      let value =
        dimensions == 6 ? SearchProblem.hartmann6.regret(x) : x.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
      return CompletedTrial(
        number: number, point: points[number],
        metrics: ["value": Aggregate(mean: value, standardDeviation: nil, count: 1)])
    }
    let known = model.known(of: observations)
    strategy.tell((0..<known).map(trial))
    if known > 0 {
      let request = AskRequest(numbers: known..<known + 1, asked: Array(points[..<known]), pending: [])
      let suggestion = strategy.ask(request)[0]
      strategy.decided(Decision(number: known, point: suggestion.point, note: suggestion.note))
    }
    strategy.tell((known..<observations).map(trial))
    let request = AskRequest(numbers: observations..<observations + 1, asked: points, pending: [])
    let start = ContinuousClock.now
    _ = strategy.ask(request)
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func text(_ value: Double) -> String { String(format: "%.3g", value) }

  private static let script = """
    import os, sys, time, warnings
    framework = sys.argv[1]
    n, d, threads, repetitions = map(int, sys.argv[2:6])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    warnings.filterwarnings("ignore")
    import numpy as np
    a = np.array([[10, 3, 17, 3.5, 1.7, 8], [.05, 10, 17, .1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, .05, 10, .1, 14]])
    p = np.array([[.1312, .1696, .5569, .0124, .8283, .5886], [.2329, .4135, .8307, .3736, .1004, .9991],
                  [.2348, .1451, .3522, .2883, .3047, .6650], [.4047, .8828, .8732, .5743, .1091, .0381]])

    def function(x):
        if d == 6:
            return float(-np.array([1, 1.2, 3, 3.2]) @ np.exp(-(a * (x - p)**2).sum(1)))
        return float(((x - .3)**2).sum())

    def by_optuna(x, y, seed):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=optuna.samplers.GPSampler(seed=seed))
        box = {f"x{i}": optuna.distributions.FloatDistribution(0, 1) for i in range(d)}
        study.add_trials([optuna.trial.create_trial(
            params={f"x{i}": float(u[i]) for i in range(d)}, distributions=box, value=v) for u, v in zip(x, y)])
        start = time.perf_counter()
        study.ask(box)
        return time.perf_counter() - start

    def by_botorch(x, y, seed):
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.optim import optimize_acqf
        from gpytorch.mlls import ExactMarginalLogLikelihood
        torch.set_num_threads(threads)
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(seed)
        x, y = torch.tensor(x), -torch.tensor(y)[:, None]
        start = time.perf_counter()
        model = SingleTaskGP(x, y)
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        optimize_acqf(LogExpectedImprovement(model, best_f=y.max()), torch.stack([torch.zeros(d), torch.ones(d)]).double(),
                      q=1, num_restarts=10, raw_samples=512)
        return time.perf_counter() - start

    run = by_optuna if framework == "optuna" else by_botorch
    times = []
    for seed in range(repetitions):
        x = np.random.default_rng(seed).random((n, d))
        times.append(run(x, np.array([function(u) for u in x]), seed))
    print(*times)
    """
}
