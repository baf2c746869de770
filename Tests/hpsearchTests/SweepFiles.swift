/// Sweep files for tests with real processes.
enum SweepFiles {
  /// A small network. A run of 10,000 epochs takes about a second, and writes a checkpoint every `checkpoint` seconds.
  static func network(
    trials: Int, epochs: Int, folds: Int = 2, checkpoint: Double = 0.1, strategy: String = "random"
  ) -> String {
    """
    {
      "name": "network",
      "data": {"builtin": "noisy-sine", "points": 512, "split": {"kind": "k-fold", "folds": \(folds)},
               "standardize": {"inputs": false, "target": false}},
      "model": {"hidden": [50]},
      "inference": {"evaluationSamples": 20},
      "training": {"epochs": \(epochs)},
      "space": {
        "inference.prior.kind": {"values": ["gaussian", "scale-mixture", "laplace"]},
        "inference.prior.scale": {"range": [0.05, 2.0], "scale": "log"}
      },
      "strategy": {"kind": "\(strategy)", "trials": \(trials)},
      "objective": {"metric": "elbo"},
      "checkpoint": {"seconds": \(checkpoint)}
    }
    """
  }

  /// An ensemble of three, under the same name.
  static func ensemble(trials: Int, epochs: Int, memberRuns: Int, checkpoint: Double = 0.1) -> String {
    """
    {
      "name": "network",
      "data": {"builtin": "noisy-sine", "points": 512, "split": {"kind": "k-fold", "folds": 2},
               "standardize": {"inputs": false, "target": false}},
      "model": {"hidden": [50]},
      "inference": {"method": "deep-ensemble", "members": 3, "evaluationSamples": 20},
      "training": {"epochs": \(epochs)},
      "space": {"inference.prior.scale": {"range": [0.05, 2.0], "scale": "log"}},
      "strategy": {"kind": "random", "trials": \(trials)},
      "objective": {"metric": "lppd"},
      "memberRuns": \(memberRuns),
      "checkpoint": {"seconds": \(checkpoint)}
    }
    """
  }

  /// A hypernetwork that explores the prior, and trainings that verify it.
  static func hypernetwork(trials: Int, epochs: Int, explorationEpochs: Int) -> String {
    """
    {
      "name": "network",
      "data": {"builtin": "noisy-sine", "points": 256, "split": {"kind": "k-fold", "folds": 2},
               "standardize": {"inputs": true, "target": false}},
      "model": {"hidden": [20], "likelihood": {"scale": 0.1}},
      "inference": {"evaluationSamples": 20},
      "training": {"epochs": \(epochs), "learningRate": 0.01, "batchSize": 32},
      "space": {
        "inference.prior.kind": {"values": ["gaussian", "laplace"]},
        "inference.prior.scale": {"range": [0.05, 2.0], "scale": "log"}
      },
      "strategy": {"kind": "hypernetwork", "trials": \(trials), "explorationEpochs": \(explorationEpochs)},
      "objective": {"metric": "elbo"},
      "checkpoint": {"seconds": 0.1}
    }
    """
  }

  static func noop(trials: Int) -> String {
    """
    {"name": "noop", "space": {"x": {"range": [-1, 1]}}, "strategy": {"kind": "random", "trials": \(trials)},
     "objective": {"function": "noop"}}
    """
  }

  /// Runs the Python program `objective.py` beside the sweep file, with one parameter x from 0 to 3.
  static func command(timeout: Double = 20) -> String {
    """
    {"name": "command", "space": {"x": {"values": [0, 1, 2, 3]}}, "strategy": {"kind": "grid"},
     "objective": {"command": ["python3", "objective.py"], "metric": "loss", "goal": "minimize", "timeout": \(timeout)}}
    """
  }

  /// A program that answers each run with what `body` makes of `x`.
  static func objective(_ body: String) -> String {
    """
    import json, os, signal, sys, time
    for line in sys.stdin:
        x = json.loads(line)["parameters"]["x"]
    \(body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
        print(json.dumps({"result": {"loss": x}}), flush=True)
    """
  }
}
