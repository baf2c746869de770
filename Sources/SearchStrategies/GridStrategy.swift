package import StudyModel

/// Every combination of the values, the last dimension fastest. A conditional dimension multiplies only where it
/// exists; steps on a log range are geometric; steps of integers are rounded and each is tried once.
///
/// Trial n is point n of the grid, so that nothing is kept between calls. Points that a user wants first come before it,
/// and the grid goes on without them.
package struct GridStrategy: SearchStrategy {
  private let space: SearchSpace
  private let count: Int
  private let first: [Point]
  /// The ranks of the first points in the grid, ascending; they need not be in it.
  private let skipped: [Int]

  package var learns: Bool { false }
  package var size: Int? { first.count + (count - skipped.count) }

  /// - Throws: `StrategyError` when a continuous dimension has no steps.
  ///
  /// - Parameter first: Different points of the space.
  package init(space: SearchSpace, after first: [Point] = []) throws(StrategyError) {
    guard let count = space.gridCount else {
      throw .noGrid(dimensions: space.dimensionsWithoutGrid)
    }
    self.space = space
    self.count = count
    self.first = first
    skipped = first.compactMap { space.gridRank(of: $0) }.sorted()
  }

  package mutating func tell(_ completed: [CompletedTrial]) {}

  package mutating func ask(_ request: AskRequest) -> [Suggestion] {
    request.numbers.map { $0 < first.count ? first[$0] : point($0 - first.count) }.prefix { $0 != nil }
      .compactMap { $0.map { Suggestion(point: $0) } }
  }

  /// Point number `index` of those of the grid that do not come first.
  private func point(_ index: Int) -> Point? {
    var rank = index
    for skipped in skipped where skipped <= rank { rank += 1 }
    return rank < count ? space.gridPoint(at: rank) : nil
  }
}
