package import StudyModel

/// A scrambled Sobol sequence: the trials fill the space more evenly than independent points, in every projection on
/// one or two dimensions.
///
/// Trial n is point n of the sequence. Where it was asked already, as happens on listed values and integers, the trial
/// takes a random point instead, as `RandomStrategy` does.
package struct SobolStrategy: SearchStrategy {
  private let sequence: ScrambledSobolSequence
  private let draws: RandomDraws
  private var asked: AskedPoints

  package var learns: Bool { false }
  package var size: Int? { draws.cardinality }

  package init(space: SearchSpace, seed: Int) {
    sequence = ScrambledSobolSequence(dimensions: space.count, seed: seed)
    draws = RandomDraws(space: space, seed: seed)
    asked = AskedPoints(space: space)
  }

  package mutating func tell(_ completed: [CompletedTrial]) {}

  package mutating func ask(_ request: AskRequest) -> [Suggestion] {
    asked.follow(request.asked)
    var suggestions: [Suggestion] = []
    for number in request.numbers {
      let even = draws.space.point(at: sequence.point(number))
      guard let point = asked.contains(even) ? draws.newPoint(trial: number, asked: asked) : even else { break }
      asked.insert(point)
      suggestions.append(Suggestion(point: point))
    }
    return suggestions
  }
}
