package import StudyModel

/// What an exploration that chooses between listed values found: the probability of each value, the mean over its runs.
package struct RelaxedAnswer {
  package let trial: Int
  /// In the order of the exploration.
  package let choices: [(name: String, title: String, values: [(value: JSONValue, probability: Double)])]
  let runs: [Survey]

  /// Nil for other trials, and for one whose runs are not all done.
  package init?(_ record: TrialRecord, space: SearchSpace) {
    guard let exploration = record.exploration, exploration.isRelaxed, record.state == .done else { return nil }
    let names = ParameterNames(space)
    runs = record.surveys.filter { survey in
      survey.probabilities.map(\.count) == exploration.choices.map(\.values.count)
    }
    guard !runs.isEmpty else { return nil }
    trial = record.number
    let surveys = runs
    choices = exploration.choices.enumerated().map { index, choice in
      let values = choice.values.enumerated().map { place, value in
        let sum = surveys.reduce(0) { $0 + $1.probabilities[index][place] }
        return (value: value, probability: sum / Double(surveys.count))
      }
      return (choice.dimension, names.short(choice.dimension), values)
    }
  }

  /// `Trial 0 chose within one training: activation tanh (0.83; relu 0.17).`
  package var sentence: String {
    let answers = choices.map { choice in
      let ordered = choice.values.sorted { $0.probability > $1.probability }
      let others = ordered.dropFirst().map { "\(text(of: $0.value)) \(percent($0.probability))" }
      return "\(choice.title) \(text(of: ordered[0].value)) (\(percent(ordered[0].probability)); "
        + "\(others.joined(separator: ", ")))"
    }
    return "Trial \(trial) chose within one training: \(answers.joined(separator: ", "))."
  }

  private func percent(_ probability: Double) -> String { "\(Int((100 * probability).rounded())) %" }

  package var json: JSONValue {
    [
      "trial": .integer(trial),
      "choices": .array(
        choices.map { choice in
          [
            "parameter": .string(choice.name),
            "values": .array(
              choice.values.map { ["value": $0.value, "probability": JSONValue(finite: $0.probability)] }),
          ]
        }),
    ]
  }
}
