package import StudyModel

/// Every combination of the values, the last dimension fastest. A conditional dimension multiplies only where it
/// exists; steps on a log range are geometric; steps of integers are rounded and each is tried once.
///
/// Trial n is point n of the grid, so that nothing is kept between calls.
package struct GridStrategy: SearchStrategy {
  private let space: SearchSpace
  private let count: Int

  package var learns: Bool { false }
  package var size: Int? { count }

  /// - Throws: `StrategyError` when a continuous dimension has no steps.
  package init(space: SearchSpace) throws(StrategyError) {
    guard let count = space.gridCount else {
      throw .noGrid(dimensions: space.dimensionsWithoutGrid)
    }
    self.space = space
    self.count = count
  }

  package mutating func tell(_ completed: [CompletedTrial]) {}

  package mutating func ask(_ request: AskRequest) -> [Suggestion] {
    request.numbers.prefix { $0 < count }.map { Suggestion(point: space.gridPoint(at: $0)) }
  }
}
