import Foundation
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
    let sections = [summary, dimensions(width: width, style: style), points(width: width, style: style), next(width)]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: Text

  private var summary: String {
    let failed = explanation.failures == 0 ? "" : ", \(explanation.failures) without an outcome"
    var lines = ["The model after \(explanation.trials) trials\(failed): kernel \(explanation.kernel)"]
    if let leaveOneOut = explanation.leaveOneOut {
      let share = text(of: max(leaveOneOut.explainedVariance, -9.99), digits: 2)
      lines.append(
        "Each trial predicted from the others: \(share) of the variance explained, "
          + "\(percent(leaveOneOut.coverage90)) inside the 90 % interval")
    }
    var remarks = ["noise \(text(of: explanation.noise, digits: 2)) of the spread"]
    if explanation.compressesOutcomes { remarks.append("bad outcomes are compressed") }
    if explanation.warpsInputs { remarks.append("inputs are warped") }
    lines.append(remarks.joined(separator: "; "))
    return lines.joined(separator: "\n") + "\n"
  }

  private func dimensions(width: Int?, style: Style) -> String {
    var table = Table([
      Table.Column("parameter"), Table.Column("total effect", .right), Table.Column("by itself", .right),
      Table.Column("importance", .right, importance: 10), Table.Column("length scale", .right, importance: 5),
    ])
    for dimension in explanation.dimensions.sorted(by: { $0.totalEffect > $1.totalEffect }) {
      table.append([
        names.short(dimension.name), text(of: dimension.totalEffect, digits: 2),
        text(of: dimension.mainEffect, digits: 2), text(of: dimension.importance, digits: 2),
        text(of: dimension.lengthScale, digits: 2),
      ])
    }
    return table.render(width: width, style: style)
  }

  private func points(width: Int?, style: Style) -> String {
    var table = Table([
      Table.Column(explanation.metric), Table.Column("predicted", .right), Table.Column("at", importance: 10),
    ])
    table.append(row("predicted best", explanation.predictedBest))
    table.append(row("best trial, \(explanation.bestTrial)", explanation.bestTrialPrediction))
    if let next = explanation.next { table.append(row("next", next.prediction)) }
    return table.render(width: width, style: style)
  }

  private func row(_ title: String, _ prediction: ModelExplanation.Prediction) -> [String] {
    [title, "\(text(of: prediction.mean, digits: 5)) ± \(text(of: prediction.standardDeviation, digits: 2))",
      pointText(prediction.point)]
  }

  private func pointText(_ point: Point) -> String {
    point.values.members.map { "\(names.short($0.key)) \(text(of: $0.value))" }.joined(separator: ", ")
  }

  /// Why the search would look there.
  private func next(_ width: Int?) -> String {
    guard let next = explanation.next else { return "" }
    let chance = percent(next.probabilityOfImprovement)
    let knowledge =
      next.novelty > 0.5 ? "little is known there" : next.novelty > 0.1 ? "something is known there" : "much is known there"
    let sentence =
      "The next trial is better than the best so far with a probability of \(chance); \(knowledge) (its uncertainty is "
      + "\(percent(next.novelty)) of that before any trial)."
    return width.map { wrapped(sentence, to: $0, indentation: 0) } ?? sentence + "\n"
  }

  private func percent(_ share: Double) -> String {
    "\(text(of: share < 0.01 ? 100 * share : (share * 1000).rounded() / 10, digits: share < 0.01 ? 2 : 3)) %"
  }
}

extension ExplanationReport {
  /// `{"metric", "goal", "trials", ..., "dimensions": [...], "predictedBest": {...}, "bestTrial": {...}, "next": {...}}`
  package var json: JSONValue {
    var object: JSONObject = [
      "metric": .string(explanation.metric), "goal": .string(explanation.goal.rawValue),
      "trials": .integer(explanation.trials), "failures": .integer(explanation.failures),
      "kernel": .string(explanation.kernel), "noise": JSONValue(finite: explanation.noise),
      "compressesOutcomes": .bool(explanation.compressesOutcomes), "warpsInputs": .bool(explanation.warpsInputs),
    ]
    object["leaveOneOut"] =
      explanation.leaveOneOut.map {
        [
          "explainedVariance": JSONValue(finite: $0.explainedVariance), "coverage90": JSONValue(finite: $0.coverage90),
          "logDensity": JSONValue(finite: $0.logDensity),
        ]
      } ?? .null
    object["dimensions"] = .array(
      explanation.dimensions.map {
        [
          "name": .string($0.name), "lengthScale": JSONValue(finite: $0.lengthScale),
          "importance": JSONValue(finite: $0.importance), "mainEffect": JSONValue(finite: $0.mainEffect),
          "totalEffect": JSONValue(finite: $0.totalEffect),
        ]
      })
    object["predictedBest"] = .object(Self.json(explanation.predictedBest))
    var best = Self.json(explanation.bestTrialPrediction)
    best["trial"] = .integer(explanation.bestTrial)
    object["bestTrial"] = .object(best)
    object["next"] =
      explanation.next.map { next in
        var object = Self.json(next.prediction)
        object["probabilityOfImprovement"] = JSONValue(finite: next.probabilityOfImprovement)
        object["novelty"] = JSONValue(finite: next.novelty)
        return .object(object)
      } ?? .null
    return .object(object)
  }

  private static func json(_ prediction: ModelExplanation.Prediction) -> JSONObject {
    [
      "mean": JSONValue(finite: prediction.mean), "standardDeviation": JSONValue(finite: prediction.standardDeviation),
      "parameters": .object(prediction.point.values),
    ]
  }
}
