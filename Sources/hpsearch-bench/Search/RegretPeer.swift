import ArgumentParser
import Foundation

/// The same searches by another library, one trial at a time.
struct RegretPeer {
  let python: String
  let framework: String

  /// The regret of every seed.
  func run(_ problem: SearchProblem, seeds: Int, trials: Int) throws -> [Double] {
    let box = problem.box.map { "\($0.lowerBound),\($0.upperBound)" }.joined(separator: ";")
    let output = try PythonScript(python: python).run(
      Self.script, [framework, problem.rawValue, box, "\(seeds)", "\(trials)"])
    let regrets = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard regrets.count == seeds else {
      throw ValidationError("\(python) did not run \(framework); is it installed there?")
    }
    return regrets
  }

  private static let script = """
    import os, sys, warnings
    os.environ["OMP_NUM_THREADS"] = "1"
    warnings.filterwarnings("ignore")
    import numpy as np
    framework, problem, box, seeds, trials = sys.argv[1:6]
    box = np.array([[float(x) for x in side.split(",")] for side in box.split(";") if side])
    d, seeds, trials = len(box), int(seeds), int(trials)
    pi = np.pi

    def branin(x):
        return (x[1] - 5.1 / (4 * pi**2) * x[0]**2 + 5 / pi * x[0] - 6)**2 \\
            + 10 * (1 - 1 / (8 * pi)) * np.cos(x[0]) + 10 - 0.39788735772973816

    def hartmann6(x):
        a = np.array([[10, 3, 17, 3.5, 1.7, 8], [.05, 10, 17, .1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, .05, 10, .1, 14]])
        p = np.array([[.1312, .1696, .5569, .0124, .8283, .5886], [.2329, .4135, .8307, .3736, .1004, .9991],
                      [.2348, .1451, .3522, .2883, .3047, .6650], [.4047, .8828, .8732, .5743, .1091, .0381]])
        return 3.322368011415515 - np.array([1, 1.2, 3, 3.2]) @ np.exp(-(a * (x - p)**2).sum(1))

    def levy4(x):
        w = 1 + (x - 1) / 4
        middle = ((w[:-1] - 1)**2 * (1 + 10 * np.sin(pi * w[:-1] + 1)**2)).sum()
        return np.sin(pi * w[0])**2 + middle + (w[-1] - 1)**2 * (1 + np.sin(2 * pi * w[-1])**2)

    def ackley5(x):
        return -20 * np.exp(-.2 * np.sqrt((x * x).mean())) - np.exp(np.cos(2 * pi * x).mean()) + 20 + np.e

    def rosenbrock4(x):
        return (100 * (x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2).sum()

    def branches(trial):
        family = trial.suggest_categorical("family", ["narrow", "wide", "mixture"])
        z = trial.suggest_float("z", 0, 1)
        if family == "narrow":
            return .3 + (trial.suggest_float("narrow.s", -4, 0) + 1.5)**2 + (z - .8)**2 / 2
        if family == "wide":
            s, t = trial.suggest_float("wide.s", 0, 4), trial.suggest_float("wide.t", 0, 4)
            return .15 + ((s - 2.5)**2 + (t - .7)**2) / 2 + (z - .3)**2 / 2
        a, b, c = (trial.suggest_float(f"mixture.{name}", -2, 2) for name in "abc")
        return (a - .6)**2 + (b + .9)**2 + (c - .2)**2 / 2 + (z - .5)**2 / 2

    function = globals()[problem]

    def by_tpe(seed):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True))
        study.optimize(function, n_trials=trials)
        return study.best_value

    def by_optuna(seed):
        import optuna
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=optuna.samplers.GPSampler(seed=seed))
        study.optimize(
            lambda trial: float(function(np.array([trial.suggest_float(f"x{i}", *box[i]) for i in range(d)]))),
            n_trials=trials)
        return study.best_value

    def by_botorch(seed):
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.models.transforms import Standardize
        from botorch.optim import optimize_acqf
        from gpytorch.mlls import ExactMarginalLogLikelihood
        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(seed)
        def evaluate(u):
            return float(function(box[:, 0] + u.numpy() * (box[:, 1] - box[:, 0])))
        x = torch.quasirandom.SobolEngine(d, scramble=True, seed=seed).draw(2 * d + 2).double()
        values = [evaluate(u) for u in x]
        while len(values) < trials:
            y = -torch.tensor(values)[:, None]
            model = SingleTaskGP(x, y, outcome_transform=Standardize(1))
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
            best, _ = optimize_acqf(
                LogExpectedImprovement(model, best_f=y.max()), torch.stack([torch.zeros(d), torch.ones(d)]).double(),
                q=1, num_restarts=10, raw_samples=512)
            x = torch.cat([x, best])
            values.append(evaluate(best[0]))
        return min(values)

    run = {"optuna": by_optuna, "botorch": by_botorch, "tpe": by_tpe}[framework]
    print(*[run(seed) for seed in range(seeds)])
    """
}
