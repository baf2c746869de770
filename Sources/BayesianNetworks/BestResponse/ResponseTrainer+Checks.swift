import Probability
import Tensors

extension ResponseTrainer {
  /// Throws where the problem, the response, the method and the settings do not go together.
  static func check(
    _ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>, _ method: any ResponseMethod,
    _ settings: ResponseSettings
  ) throws(BestResponseError) {
    let (h, w) = (problem.hyperparameterCount, problem.weightCount)
    guard h >= 1 else {
      throw .badSetting(name: "the number of hyperparameters", found: "\(h)", expected: "at least 1")
    }
    guard response.hyperparameterCount == h, response.weightCount == w else {
      throw .badSetting(
        name: "the response", found: "\(response.hyperparameterCount) to \(response.weightCount)",
        expected: "\(h) hyperparameters to \(w) weights")
    }
    guard method.draws >= 1 else {
      throw .badSetting(name: "the number of draws", found: "\(method.draws)", expected: "at least 1")
    }
    let least = method.sharesMinibatch ? 1 : method.draws
    for (name, size, count) in [
      ("the batch size", settings.batchSize, problem.training.count),
      ("the validation batch size", settings.validationBatchSize, problem.validation.count),
    ] where min(size, count) < (name == "the batch size" ? least : 1) {
      throw .badSetting(
        name: name, found: "\(size) of \(count) examples",
        expected: "at least \(least), so that each draw has examples of its own")
    }
    guard method.center(count: h).count == h else {
      throw .badSetting(
        name: "the distribution of the hyperparameters", found: "\(method.center(count: h).count) dimensions",
        expected: "\(h)")
    }
    if let search = method.search { try check(search, hyperparameters: h) }
  }

  private static func check(_ search: HyperparameterSearch, hyperparameters h: Int) throws(BestResponseError) {
    guard search.start.count == h, search.scale.count == h, search.box?.count ?? h == h else {
      throw .badSetting(
        name: "the search",
        found: "\(search.start.count) starts, \(search.scale.count) scales and a box of "
          + "\(search.box?.count ?? h)", expected: "\(h) of each")
    }
    guard search.scale.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .badSetting(name: "the scale of the perturbations", found: "\(search.scale)", expected: "positive numbers")
    }
    guard search.start.allSatisfy(\.isFinite), search.box.map({ $0.projected(search.start) == search.start }) ?? true
    else {
      throw .badSetting(name: "the start of the search", found: "\(search.start)", expected: "a point of the box")
    }
    guard search.turns.response >= 1, search.turns.hyperparameters >= 1, search.warmup >= 0 else {
      throw .badSetting(
        name: "the turns of the search", found: "\(search.turns) after \(search.warmup)", expected: "at least 1 each")
    }
  }
}
