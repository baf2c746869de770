package import StudyModel

/// What the model of a search believes, for `explain`.
package struct ExplanationReport {
  private let explanation: ModelExplanation
  private let names: ParameterNames

  package init(_ explanation: ModelExplanation, space: SearchSpace) {
    self.explanation = explanation
    names = ParameterNames(space)
  }

  package func render(width: Int?, style: Style) -> String {
    let sections = [summary(width), dimensions(width, style), points(width, style), next(width)]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: Text

  private func summary(_ width: Int?) -> String {
    let trials = count(explanation.trials, "trial")
    let failed =
      explanation.failures == 0
      ? "" : ", and \(count(explanation.failures, "trial")) that failed"
    var model = ["kernel \(explanation.kernel)", "noise \(percent(explanation.noise)) of the spread"]
    if explanation.compressesOutcomes { model.append("bad outcomes compressed") }
    if explanation.warpsInputs { model.append("inputs warped") }
    var lines = [
      "A Gaussian process after \(trials) with an outcome\(failed): \(model.joined(separator: ", "))."
    ]
    if let leaveOneOut = explanation.leaveOneOut {
      let share = leaveOneOut.explainedVariance
      let quality =
        share > 0
        ? "explains \(percent(share)) of the variance" : "is no better than their mean: little is known yet"
      lines.append(
        "Predicting each trial from the others \(quality); \(percent(leaveOneOut.coverage90)) of the trials are inside "
          + "their 90 % interval.")
    }
    return lines.map { prose($0, width) }.joined()
  }

  /// The most important first.
  private var ranked: [ModelExplanation.Dimension] {
    explanation.dimensions.enumerated()
      .sorted { ($0.element.totalEffect, -$0.offset) > ($1.element.totalEffect, -$1.offset) }.map(\.element)
  }

  private func dimensions(_ width: Int?, _ style: Style) -> String {
    var table = Table([
      Table.Column("parameter"), Table.Column("total effect", .right),
      Table.Column("by itself", .right, importance: 20),
      Table.Column("length scale", .right, importance: 15), Table.Column("importance", .right, importance: 10),
    ])
    for dimension in ranked {
      table.append([
        names.short(dimension.name), percent(dimension.totalEffect), percent(dimension.mainEffect),
        text(of: dimension.lengthScale, digits: 2), percent(dimension.importance),
      ])
    }
    let legend =
      "Effects: the share of the variance of \(explanation.metric) over the space, with all interactions and without. "
      + "Length scale: the share of its range over which a parameter changes the outcome."
    return table.render(width: width, style: style) + prose(legend, width)
  }

  private func points(_ width: Int?, _ style: Style) -> String {
    var rows = [
      ("predicted best", explanation.predictedBest),
      ("best trial, \(explanation.bestTrial)", explanation.bestTrialPrediction),
    ]
    if let next = explanation.next { rows.append(("next trial", next.prediction)) }
    let format = MeasureFormat(for: rows.map { measure($0.1) })
    // What matters most has room last.
    let rank = Dictionary(uniqueKeysWithValues: ranked.enumerated().map { ($1.name, $0) })
    var columns = [Table.Column(""), Table.Column("\(explanation.metric), predicted", .right)]
    columns += names.names.map { name in
      let isNumber = rows.allSatisfy { $0.1.point[name].map { $0.double != nil } ?? true }
      return Table.Column(names.short(name), isNumber ? .right : .left, importance: 1000 - (rank[name] ?? 999))
    }
    var table = Table(columns)
    for (title, prediction) in rows {
      let known = prediction.mean.isFinite && prediction.standardDeviation.isFinite
      table.append(
        [title, known ? format.text(of: measure(prediction)) : "unknown"]
          + names.names.map { name in prediction.point[name].map { text(of: $0) } ?? "" })
    }
    return table.render(width: width, style: style)
  }

  private func measure(_ prediction: ModelExplanation.Prediction) -> Aggregate {
    TrialPrediction(mean: prediction.mean, standardDeviation: prediction.standardDeviation).measure
  }

  /// Why the search would look there.
  private func next(_ width: Int?) -> String {
    guard let next = explanation.next else { return "" }
    let chance = percent(next.probabilityOfImprovement)
    let knowledge = next.novelty > 0.5 ? "Little" : next.novelty > 0.1 ? "Something" : "Much"
    return prose(
      "The next trial is better than trial \(explanation.bestTrial) with a probability of \(chance). \(knowledge) is "
        + "known there: the uncertainty is \(percent(next.novelty)) of what it was before any trial.", width)
  }

  /// The text in lines, none of which begins with a percent sign.
  private func prose(_ text: String, _ width: Int?) -> String {
    wrapped(text.replacing(" %", with: "\u{A0}%"), to: width).replacing("\u{A0}", with: " ")
  }

  /// `66 %`, `4.2 %`, `0.03 %`
  private func percent(_ share: Double) -> String {
    let percent = 100 * share
    return "\(text(of: abs(percent) >= 10 ? percent.rounded() : percent, digits: 2)) %"
  }
}

extension ExplanationReport {
  /// `{"metric", "goal", "trials", ..., "dimensions": [...], "predicted_best": {...}, "best_trial": {...}, "next": {...}}`
  package var json: JSONValue {
    var object: JSONObject = [
      "metric": .string(explanation.metric), "goal": .string(explanation.goal.rawValue),
      "trials": .integer(explanation.trials), "failures": .integer(explanation.failures),
      "kernel": .string(explanation.kernel), "noise": JSONValue(finite: explanation.noise),
      "compresses_outcomes": .bool(explanation.compressesOutcomes), "warps_inputs": .bool(explanation.warpsInputs),
    ]
    object["leave_one_out"] =
      explanation.leaveOneOut.map {
        [
          "explained_variance": JSONValue(finite: $0.explainedVariance),
          "coverage_90": JSONValue(finite: $0.coverage90),
          "log_density": JSONValue(finite: $0.logDensity),
        ]
      } ?? .null
    object["dimensions"] = .array(
      explanation.dimensions.map {
        [
          "name": .string($0.name), "length_scale": JSONValue(finite: $0.lengthScale),
          "importance": JSONValue(finite: $0.importance), "main_effect": JSONValue(finite: $0.mainEffect),
          "total_effect": JSONValue(finite: $0.totalEffect),
        ]
      })
    object["predicted_best"] = .object(Self.json(explanation.predictedBest))
    var best = Self.json(explanation.bestTrialPrediction)
    best["trial"] = .integer(explanation.bestTrial)
    object["best_trial"] = .object(best)
    object["next"] =
      explanation.next.map { next in
        var object = Self.json(next.prediction)
        object["probability_of_improvement"] = JSONValue(finite: next.probabilityOfImprovement)
        object["novelty"] = JSONValue(finite: next.novelty)
        return .object(object)
      } ?? .null
    return .object(object)
  }

  private static func json(_ prediction: ModelExplanation.Prediction) -> JSONObject {
    [
      "mean": JSONValue(finite: prediction.mean), "standard_deviation": JSONValue(finite: prediction.standardDeviation),
      "parameters": .object(prediction.point.values),
    ]
  }
}
