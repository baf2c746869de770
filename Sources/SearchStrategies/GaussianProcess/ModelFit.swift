package import GaussianProcesses
package import StudyModel

/// The hyperparameters that a decision rests on, as its note keeps them: the next fit starts from them, and until then
/// every decision uses them.
package struct ModelFit: Hashable, Sendable {
  /// The trials with an outcome that they were fitted to: so many, the first that were told.
  package var count: Int
  package var hyperparameters: Hyperparameters

  package init(count: Int, _ hyperparameters: Hyperparameters) {
    self.count = count
    self.hyperparameters = hyperparameters
  }

  package var json: JSONValue {
    func list(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }
    let h = hyperparameters
    var object: JSONObject = [
      "trials": .integer(count), "lengthScales": list(h.lengthScales), "inactiveDistances": list(h.inactiveDistances),
      "signalVariance": .number(h.signalVariance), "noiseVariance": .number(h.noiseVariance), "mean": .number(h.mean),
    ]
    if let warps = h.warps { object["warps"] = .array(warps.map { list([$0.a, $0.b]) }) }
    return .object(object)
  }

  /// Nil where it is none of a process over so many features.
  package init?(_ json: JSONValue?, features: Int) {
    func list(_ json: JSONValue?) -> [Double]? {
      guard let values = json?.array?.compactMap(\.double), values.count == json?.array?.count else { return nil }
      return values
    }
    guard let object = json?.object, let count = object["trials"]?.int, count > 0,
      let lengthScales = list(object["lengthScales"]), let distances = list(object["inactiveDistances"]),
      let signal = object["signalVariance"]?.double, let noise = object["noiseVariance"]?.double,
      let mean = object["mean"]?.double
    else { return nil }
    var warps: [KumaraswamyWarp]?
    if let pairs = object["warps"]?.array {
      let shapes = pairs.compactMap { list($0) }
      guard shapes.count == features, shapes.allSatisfy({ $0.count == 2 }) else { return nil }
      warps = shapes.map { KumaraswamyWarp(a: $0[0], b: $0[1]) }
    }
    guard lengthScales.count == features, distances.count == features else { return nil }
    let hyperparameters = Hyperparameters(
      lengthScales: lengthScales, inactiveDistances: distances, warps: warps, signalVariance: signal,
      noiseVariance: noise, mean: mean)
    guard hyperparameters.areValid else { return nil }
    self.init(count: count, hyperparameters)
  }
}
