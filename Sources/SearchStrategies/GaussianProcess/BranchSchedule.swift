import Foundation
package import StudyModel

/// How the trials of a search are spread over the branches of a conditional space: those of the initial design in proportion
/// to one more than the parameters that vary in a branch, and later so that none is forgotten. By chance a branch would now
/// and then have next to none, and a model that believes it worse than it is would not come back to it.
package struct BranchSchedule: Sendable {
  /// The dimensions that decide which others exist, with their coordinates in every branch.
  private let dimensions: [Int]
  private let branches: [[Double]]
  private let weights: [Int]
  /// What identifies a branch: the deciding values that exist there.
  private let names: [String]
  private let places: [[JSONValue?]: Int]
  /// The branch of each trial after the first.
  private let order: [Int]
  private static let mostBranches = 64

  /// - Parameter trials: The length of the design, of which the first trial is the centre of the space.
  /// - Returns: Nil where no listed values decide over other dimensions, or where there are more branches than trials.
  package init?(_ space: SearchSpace, trials: Int) {
    let deciding = Set(space.dimensions.compactMap { $0.condition?.name })
    let dimensions = space.dimensions.indices.filter { deciding.contains(space.dimensions[$0].name) }
    var branches: [[Double]] = [[]]
    for dimension in dimensions {
      guard case .values(let values) = space.dimensions[dimension].domain else { return nil }
      guard branches.count * values.count <= Self.mostBranches else { return nil }
      let middles = values.indices.map { (Double($0) + 0.5) / Double(values.count) }
      branches = branches.flatMap { branch in middles.map { branch + [$0] } }
    }
    func point(_ branch: [Double]) -> Point {
      space.point(at: Self.placing(branch, at: dimensions, in: Array(repeating: 0.5, count: space.count)))
    }
    var seen: Set<PointKey> = []
    branches = branches.filter { seen.insert(space.key(of: point($0))).inserted }
    guard (2...max(2, trials)).contains(branches.count), trials > 0 else { return nil }

    let weights = branches.map { branch in
      1 + point(branch).values.members.count { !deciding.contains($0.key) && space[$0.key]?.domain.count != 1 }
    }
    let total = Double(weights.reduce(0, +))
    var given = branches.map { _ in 0 }
    let centre = space.key(of: space.point(at: Array(repeating: 0.5, count: space.count)))
    if let first = branches.firstIndex(where: { space.key(of: point($0)) == centre }) { given[first] = 1 }
    var order: [Int] = []
    for trial in 1..<max(1, trials) {
      // The one that is furthest behind its share.
      func shortfall(_ branch: Int) -> Double {
        Double(trial + 1) * Double(weights[branch]) / total - Double(given[branch])
      }
      let next = branches.indices.max { (shortfall($0), -$0) < (shortfall($1), -$1) } ?? 0
      given[next] += 1
      order.append(next)
    }
    let names = dimensions.map { space.dimensions[$0].name }
    places = Dictionary(
      uniqueKeysWithValues: branches.enumerated().map { index, branch in
        let point = point(branch)
        return (names.map { point[$0]?.canonical }, index)
      })
    (self.dimensions, self.branches, self.weights, self.order, self.names) = (
      dimensions, branches, weights, order, names
    )
  }

  /// The branch of a point of the space.
  package func branch(of point: Point) -> Int? { places[names.map { point[$0]?.canonical }] }

  /// The branch that is to have the next trial, whatever the model says; nil where the choice is free.
  ///
  /// Each doubling of the number of trials since the initial design entitles a branch to half of what it had in that. Others
  /// draw single random points now and then against a model that is too sure of itself (SMAC); this goes to the branch that
  /// has been forgotten, and the model chooses the point in it.
  ///
  /// - Parameter points: Of all trials so far, those that are running too.
  package func owed(after points: [Point]) -> Int? {
    let design = Double(order.count + 1)
    guard Double(points.count) >= design else { return nil }
    var counts = branches.map { _ in 0 }
    for point in points { if let branch = branch(of: point) { counts[branch] += 1 } }
    let share = (1 + 0.5 * log2(Double(points.count) / design)) * design / Double(weights.reduce(0, +))
    let shortfalls = branches.indices.map { (share * Double(weights[$0])).rounded(.down) - Double(counts[$0]) }
    guard let most = branches.indices.max(by: { (shortfalls[$0], -$0) < (shortfalls[$1], -$1) }) else { return nil }
    return shortfalls[most] >= 1 ? most : nil
  }

  /// The coordinates of a trial of the design, those that decide over its branch replaced.
  package func place(_ coordinates: [Double], trial: Int) -> [Double] {
    guard order.indices.contains(trial - 1) else { return coordinates }
    return Self.placing(branches[order[trial - 1]], at: dimensions, in: coordinates)
  }

  private static func placing(_ branch: [Double], at dimensions: [Int], in coordinates: [Double]) -> [Double] {
    var result = coordinates
    for (dimension, coordinate) in zip(dimensions, branch) { result[dimension] = coordinate }
    return result
  }
}
