import HPSearchTesting
import SearchStrategies
import StudyModel
import Testing

@Suite struct GaussianProcessConformanceTests {
  private func configuration(_ space: SearchSpace, startup: Int = 3) -> SweepConfiguration {
    Search(space, seed: 3, startup: startup).configuration
  }

  @Test(arguments: Spaces.all.map(\.0)) func `what every strategy must do`(_ name: String) throws {
    let space = Spaces.all.first { $0.0 == name }!.1
    let configuration = configuration(space)
    #expect(try checkStrategy(on: space, trials: 14) { GaussianProcessStrategy(configuration) } == [])
  }

  @Test func `what every strategy must do, with all kinds of dimensions`() throws {
    let configuration = configuration(SpaceEncodingTests.rich)
    let broken = try checkStrategy(on: configuration.space, trials: 9) { GaussianProcessStrategy(configuration) }
    #expect(broken == [])
  }

  @Test(arguments: SweepConfiguration.Strategy.Acquisition.allCases)
  func `what every strategy must do, with every acquisition function`(
    _ acquisition: SweepConfiguration.Strategy.Acquisition
  ) throws {
    var configuration = configuration(Spaces.continuous)
    configuration.strategy.acquisition = acquisition
    configuration.strategy.kernel = .rbf
    let broken = try checkStrategy(on: configuration.space, trials: 8) { GaussianProcessStrategy(configuration) }
    #expect(broken == [])
  }
}
