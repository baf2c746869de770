package import Autodiff

/// Options of which one is to be taken.
package struct RelaxedChoice: Hashable, Sendable {
  package var name: String
  package var options: [String]

  package init(name: String, options: [String]) {
    precondition(!options.isEmpty, "the choice of \(name) needs an option")
    self.name = name
    self.options = options
  }
}

/// A bilevel problem with discrete choices, each relaxed to a point of a simplex that is drawn from a concrete
/// distribution anew in every loss.
///
/// Its hyperparameters are the logits of all choices, one after another, and then two that are scheduled and not chosen:
/// the logarithm of the temperature, and whether draws are one-hot with the derivative of the soft ones (1) or soft (0).
package protocol RelaxedProblem<Scalar>: BilevelProblem {
  var choices: [RelaxedChoice] { get }

  /// Whether the logits of a choice are in Q itself. Where they are not, they act on Q through the weights alone, and a
  /// first-order search cannot see that.
  func objectiveDepends(onChoice index: Int) -> Bool
}

extension RelaxedProblem {
  package func objectiveDepends(onChoice index: Int) -> Bool { true }

  /// Logits of all choices.
  package var logitCount: Int { choices.reduce(0) { $0 + $1.options.count } }

  package var hyperparameterCount: Int { logitCount + 2 }

  /// Where each choice's logits lie.
  package var logitRanges: [Range<Int>] {
    var start = 0
    return choices.map { choice in
      defer { start += choice.options.count }
      return start..<start + choice.options.count
    }
  }

  /// Hyperparameters at which every draw is the given option of each choice: for the evaluation and the training of one
  /// discrete model (`FineTuning`).
  package func point(of selection: [Int]) -> [Double] {
    precondition(
      selection.count == choices.count && zip(selection, choices).allSatisfy { $1.options.indices.contains($0) },
      "\(selection) is no selection from \(choices.map(\.options))")
    // Gumbel numbers of 52 bits lie between -3.6 and 36.
    let logits = zip(selection, choices).flatMap { chosen, choice in
      choice.options.indices.map { $0 == chosen ? 0.0 : -1000.0 }
    }
    return logits + [0, 1]
  }

  /// The draw of each choice: as many numbers as it has options.
  package func samples(_ hyperparameters: Variable<Scalar>, labels: [Int]) -> [Variable<Scalar>] {
    let logTemperature = hyperparameters.slice(from: logitCount, shape: [])
    let isHard = hyperparameters.slice(from: logitCount + 1, shape: [])
    return logitRanges.enumerated().map { index, range in
      range.count == 1
        ? .constant([1], shape: [1])
        : ConcreteDistribution.sample(
          logits: hyperparameters.slice(from: range.lowerBound, shape: [range.count]), logTemperature: logTemperature,
          isHard: isHard, labels: labels + [index])
    }
  }
}
