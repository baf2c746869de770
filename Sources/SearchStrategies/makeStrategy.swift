package import StudyModel

/// The strategy that a sweep file asks for.
///
/// - Throws: `StrategyError` when the strategy cannot work on the space.
package func makeStrategy(for configuration: SweepConfiguration) throws(StrategyError) -> any SearchStrategy {
  switch configuration.strategy.kind {
  case .grid: return try GridStrategy(space: configuration.space)
  case .random: return RandomStrategy(space: configuration.space, seed: configuration.seed)
  case .sobol: return SobolStrategy(space: configuration.space, seed: configuration.seed)
  }
}
