import Testing
import StudyModel
@Test func scratch() throws {
  let text = #"""
   { "name": "priors",
      "data":      { "builtin": "noisy-sine", "split": { "kind": "k-fold", "folds": 4 } },
      "model":     { "hidden": [50], "activation": "relu", "likelihood": { "kind": "gaussian", "scale": 0.1 } },
      "inference": { "method": "bayes-by-backprop", "estimator": "local-reparameterization", "samples": 2,
                     "prior": { "kind": "gaussian", "scale": 1.0 } },
      "training":  { "optimizer": "adam", "learningRate": 1e-3, "batchSize": 128, "epochs": 200 },
      "space": {
        "inference.prior.kind":  { "values": ["gaussian", "scale-mixture", "laplace"] },
        "inference.prior.scale": { "range": [0.05, 2.0], "scale": "log" },
        "inference.prior.mixture.narrow": { "range": [-8, -4], "when": { "inference.prior.kind": "scale-mixture" } },
        "training.learningRate": { "range": [1e-4, 1e-2], "scale": "log" }
      },
      "strategy":  { "kind": "random", "trials": 40 },
      "objective": { "metric": "elbo", "goal": "maximize" },
      "seeds": 2, "seed": 0
    }
  """#
  let c = try SweepConfiguration(parsing: text, fileName: "priors.json", defaultName: "priors")
  print(c.json.serialized(pretty: true))
  print(c.space.summary.joined(separator: "\n"))
  print(try SweepConfiguration(json: c.json) == c)
  print(SweepConfiguration.jsonSchema.serialized(pretty: true))
  do { _ = try SweepConfiguration(parsing: text.replacing("epochs", with: "epoch").replacing("\"samples\"", with: "\"batchSize\"").replacing("[0.05", with:"[-1"), fileName: "priors.json", defaultName: "priors") } catch { print(error) }
}
