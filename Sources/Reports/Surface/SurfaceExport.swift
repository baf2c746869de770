package import StudyModel

extension SurfaceReport {
  /// `{"study", "objective", "explorations": [...], "relaxed": [...], "unfinished": [...]}`: of each exploration what is explored and what is
  /// fixed, the predicted best, how far off it was, the surface, a slice for each dimension, the verified trials, and what
  /// each run found with the path of its search.
  package var json: JSONValue {
    [
      "study": .string(study), "objective": ["metric": .string(metric), "goal": .string(goal.rawValue)],
      "explorations": .array(surfaces.map(json)), "relaxed": .array(relaxed.map(\.json)),
      "unfinished": .array(
        unfinished.map {
          [
            "trial": .integer($0.number), "state": .string($0.state.rawValue), "reason": JSONValue(optional: $0.reason),
          ]
        }),
    ]
  }

  private func json(_ surface: LearnedSurface) -> JSONValue {
    func value(_ value: Survey.Value) -> JSONValue { .object(Self.json(value, surface)) }
    let slices = surface.axes.enumerated().map { index, axis -> JSONValue in
      [
        "parameter": .string(axis.name), "interpolated": .bool(surface.axes.count > 1),
        "points": .array(surface.slice(along: index).map(value)),
      ]
    }
    let runs = surface.runs.enumerated().map { index, run -> JSONValue in
      let id = RunID(trial: surface.trial, index: index)
      return [
        "run": .integer(index), "fold": .integer(plan.fold(of: id)), "seed": .integer(plan.seed(of: id)),
        "steps": .integer(run.steps), "optimum": value(run.optimum), "surface": .array(run.surface.map(value)),
        "path": .array(run.path.map(value)),
      ]
    }
    let explored = surface.axes.map { axis -> JSONValue in
      [
        "parameter": .string(axis.name), "range": [.number(axis.range.lowerBound), .number(axis.range.upperBound)],
        "scale": .string(axis.isLog ? "log" : "linear"),
      ]
    }
    var object: JSONObject = [
      "trial": .integer(surface.trial), "explored": .array(explored), "fixed": .object(JSONObject(surface.fixed)),
    ]
    object["optimum"] = value(surface.optimum)
    object["off"] = Self.json(surface.off)
    object["surface"] = .array(surface.surface.map(value))
    object["slices"] = .array(slices)
    object["verified"] = .array(surface.verified.map { Self.json($0, surface) })
    object["runs"] = .array(runs)
    return .object(object)
  }

  private static func json(_ off: (mean: Aggregate, rootMeanSquare: Double, median: Double)?) -> JSONValue {
    guard let off else { return .null }
    return [
      "mean": JSONValue(finite: off.mean.mean), "standard_error": JSONValue(finite: off.mean.standardError),
      "root_mean_square": JSONValue(finite: off.rootMeanSquare), "median_distance": JSONValue(finite: off.median),
      "trials": .integer(off.mean.count),
    ]
  }

  private static func json(_ value: Survey.Value, _ surface: LearnedSurface) -> JSONObject {
    [
      "parameters": parameters(value.coordinates, surface), "mean": JSONValue(finite: value.mean),
      "error": JSONValue(finite: value.error),
    ]
  }

  private static func json(_ verified: LearnedSurface.Verification, _ surface: LearnedSurface) -> JSONValue {
    var object: JSONObject = [
      "trial": .integer(verified.trial), "parameters": parameters(verified.coordinates, surface),
    ]
    object["measured"] = JSONValue(verified.measured)
    object["learned"] = .null
    if let learned = verified.learned {
      object["learned"] = ["mean": JSONValue(finite: learned.mean), "error": JSONValue(finite: learned.error)]
    }
    object["off"] = JSONValue(verified.off)
    return .object(object)
  }

  private static func parameters(_ coordinates: [Double], _ surface: LearnedSurface) -> JSONValue {
    .object(JSONObject(zip(surface.axes, coordinates).map { .init($0.name, JSONValue(finite: $1)) }))
  }
}

extension SurfaceReport {
  /// A row for each value: `trial` is the exploration; `kind` is `optimum`, `surface`, `slice` (along the parameter in
  /// `slice`), `path` or `verified`. Rows with a `run` are of that run alone, those without are of all runs together. Then
  /// the explored parameters by their names, what was learned there with its error, and for a verified trial its number,
  /// what was measured with its standard error, and how far that is above the surface. Fields that do not exist are empty.
  package var csv: String {
    var parameters: [String] = []
    for axis in surfaces.flatMap(\.axes) where !parameters.contains(axis.name) { parameters.append(axis.name) }
    var header: [String] = ["trial", "kind", "run", "index", "slice"]
    header += parameters
    header += ["learned", "learned_error", "verified_trial", "measured", "measured_se", "off", "off_se"]
    var csv = CSV(header: header)
    for surface in surfaces {
      func append(
        _ kind: String, run: Int? = nil, index: Int? = nil, slice: String = "", _ coordinates: [Double],
        _ learned: Survey.Value?, _ verified: LearnedSurface.Verification? = nil
      ) {
        var fields: [String] = [String(surface.trial), kind]
        fields.append(run.map { String($0) } ?? "")
        fields.append(index.map { String($0) } ?? "")
        fields.append(slice)
        for name in parameters {
          let place = surface.axes.firstIndex { $0.name == name }
          fields.append(CSV.field(place.map { coordinates[$0] }))
        }
        fields.append(CSV.field(learned?.mean))
        fields.append(CSV.field(learned?.error))
        fields.append(verified.map { String($0.trial) } ?? "")
        fields.append(CSV.field(verified?.measured.mean))
        fields.append(CSV.field(verified?.measured.standardError))
        fields.append(CSV.field(verified?.off?.mean))
        fields.append(CSV.field(verified?.off?.standardError))
        csv.append(fields)
      }
      func append(_ kind: String, run: Int? = nil, slice: String = "", _ values: [Survey.Value]) {
        for (index, value) in values.enumerated() {
          append(kind, run: run, index: index, slice: slice, value.coordinates, value)
        }
      }
      append("optimum", surface.optimum.coordinates, surface.optimum)
      append("surface", surface.surface)
      for (index, axis) in surface.axes.enumerated() { append("slice", slice: axis.name, surface.slice(along: index)) }
      for verified in surface.verified { append("verified", verified.coordinates, verified.learned, verified) }
      for (index, run) in surface.runs.enumerated() {
        append("optimum", run: index, run.optimum.coordinates, run.optimum)
        append("surface", run: index, run.surface)
        append("path", run: index, run.path)
      }
    }
    return csv.text
  }
}
