package import StudyModel

/// Which points were asked already. It follows the growing list of a request, and reads only what is new in it.
package struct AskedPoints: Sendable {
  private let space: SearchSpace
  private var keys: Set<PointKey> = []
  private var count = 0
  private var last: Point?

  package init(space: SearchSpace) {
    self.space = space
  }

  /// Different points of the space that were asked.
  package var distinct: Int { keys.count }

  /// Brings the set up to date with the whole list of what was asked.
  package mutating func follow(_ asked: [Point]) {
    // A list that does not go on from the one seen last belongs to another study or to a restart.
    if asked.count < count || (count > 0 && asked[count - 1] != last) { self = AskedPoints(space: space) }
    for point in asked[count...] { insert(point) }
  }

  package mutating func insert(_ point: Point) {
    // Points that somebody else proposed may lie outside; they use up no point of the space.
    if space.contains(point) { keys.insert(space.key(of: point)) }
    count += 1
    last = point
  }

  package func contains(_ point: Point) -> Bool {
    keys.contains(space.key(of: point))
  }
}
