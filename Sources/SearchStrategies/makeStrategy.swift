package import StudyModel

/// The strategy that a sweep file asks for.
///
/// - Throws: `StrategyError` when the strategy cannot work on the space.
package func makeStrategy(for configuration: SweepConfiguration) throws(StrategyError) -> any SearchStrategy {
  let space = configuration.space
  var keys: Set<PointKey> = []
  let first = configuration.enqueuedPoints.filter { keys.insert(space.key(of: $0)).inserted }
  let strategy: any SearchStrategy
  switch configuration.strategy.kind {
  // It counts its points, and has to know which came first.
  case .grid: return try GridStrategy(space: space, after: first)
  case .random: strategy = RandomStrategy(space: space, seed: configuration.seed)
  case .sobol: strategy = SobolStrategy(space: space, seed: configuration.seed)
  case .gaussianProcess: strategy = GaussianProcessStrategy(configuration)
  case .hypernetwork, .gradient: strategy = ExploringStrategy(configuration)
  }
  return first.isEmpty ? strategy : EnqueuedPoints(first, before: strategy, space: space)
}
