package import StudyModel

/// Independent points, uniform over the unit cube of the space: uniform in the value or in its logarithm.
///
/// The point of a trial is a function of (seed, trial, redraw, name of the dimension). A point that was asked already
/// is drawn again, with the next redraw; when a space without continuous dimensions has no other point left, fewer
/// suggestions are returned.
package struct RandomStrategy: SearchStrategy {
  private let draws: RandomDraws
  private var asked: AskedPoints

  package var learns: Bool { false }
  package var size: Int? { draws.cardinality }

  package init(space: SearchSpace, seed: Int) {
    draws = RandomDraws(space: space, seed: seed)
    asked = AskedPoints(space: space)
  }

  package mutating func tell(_ completed: [CompletedTrial]) {}

  package mutating func ask(_ request: AskRequest) -> [Suggestion] {
    asked.follow(request.asked)
    var suggestions: [Suggestion] = []
    for number in request.numbers {
      guard let point = draws.newPoint(trial: number, asked: asked) else { break }
      asked.insert(point)
      suggestions.append(Suggestion(point: point))
    }
    return suggestions
  }
}

/// The random points of a trial, one after the other.
struct RandomDraws: Sendable {
  let space: SearchSpace
  let cardinality: Int?
  private let random: CounterRandom
  /// So many draws of points that were asked already make it likely that few are left.
  private static let patience = 64
  private static let mostRedraws = 10_000

  init(space: SearchSpace, seed: Int) {
    self.space = space
    cardinality = space.cardinality
    random = CounterRandom(seed: seed)
  }

  func point(trial: Int, redraw: Int) -> Point {
    let draw = random.child(trial).child(redraw)
    return space.point { _, dimension in dimension.domain.value(at: draw.child(dimension.name).uniform) }
  }

  /// The first of the trial's points that was not asked; nil if every point of the space was.
  func newPoint(trial: Int, asked: AskedPoints) -> Point? {
    if let cardinality, asked.distinct >= cardinality { return nil }
    var redraw = 0
    while true {
      let point = point(trial: trial, redraw: redraw)
      if !asked.contains(point) { return point }
      redraw += 1
      // A range of a few floating-point numbers can be used up too, and nothing counts them.
      if cardinality == nil, redraw == Self.mostRedraws { return nil }
      if let cardinality, cardinality < .max, redraw == Self.patience {
        // Draws would hit the last open points too rarely: walk from a random rank to the next open one.
        let start = Int(random.child(trial).child(redraw).bits % UInt64(cardinality))
        return (0..<cardinality).lazy.map { space.point(atRank: (start + $0) % cardinality) }.first {
          !asked.contains($0)
        }
      }
    }
  }
}
