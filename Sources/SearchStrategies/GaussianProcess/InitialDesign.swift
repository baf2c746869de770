package import StudyModel

/// The points before a model has its say: the centre of the space, then a scrambled Sobol sequence, in a conditional space
/// with a share for every branch; where one was asked before, a random point that was not.
package struct InitialDesign: Sendable {
  private let sequence: ScrambledSobolSequence
  private let draws: RandomDraws
  let branches: BranchSchedule?
  package let trials: Int

  package init(space: SearchSpace, seed: Int, trials: Int) {
    sequence = ScrambledSobolSequence(dimensions: space.count, seed: seed)
    draws = RandomDraws(space: space, seed: seed)
    branches = BranchSchedule(space, trials: trials)
    self.trials = trials
  }

  /// How many trials are enough: four, because the model is a better judge of where to look next than any sequence; on
  /// Hartmann's function in six dimensions 101 of 120 searches that began with four ended in the better of its two basins, and
  /// 88 of those with ten. In a conditional space, of which some branches would not be seen, and for the probability of
  /// improvement, which hardly looks about, four more than there are dimensions, and twenty at most.
  ///
  /// Not a share of the budget: that may be raised, and what was decided then would not be decided now.
  package static func trials(
    in space: SearchSpace, acquisition: SweepConfiguration.Strategy.Acquisition = .logNoisyExpectedImprovement
  ) -> Int {
    let isConditional = space.dimensions.contains { $0.condition != nil }
    return isConditional || acquisition == .logProbabilityOfImprovement ? min(space.count + 4, 20) : 4
  }

  package var cardinality: Int? { draws.cardinality }

  /// Nil where every point of the space was asked.
  package func point(trial: Int, asked: AskedPoints) -> Point? {
    let space = draws.space
    let cube = trial == 0 ? Array(repeating: 0.5, count: space.count) : sequence.point(trial - 1)
    let point = space.point(at: branches?.place(cube, trial: trial) ?? cube)
    return asked.contains(point) ? draws.newPoint(trial: trial, asked: asked) : point
  }

  /// A random point, whether it was asked or not.
  package func anyPoint(trial: Int) -> Point { draws.point(trial: trial, redraw: 0) }
}
