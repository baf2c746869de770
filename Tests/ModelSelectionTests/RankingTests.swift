import ModelSelection
import StudyModel
import Testing

private func scored(_ number: Int, _ values: [Double], metric: String = "elbo") -> ScoredTrial {
  ScoredTrial(trial(number, runs: values.map { [metric: $0] }))!
}

@Suite struct RankingTests {
  @Test func bestFirst() {
    let trials = [scored(0, [1]), scored(1, [3]), scored(2, [2])]
    #expect(Ranking(of: trials, by: "elbo", goal: .maximize).standings.map(\.trial.number) == [1, 2, 0])
    #expect(Ranking(of: trials, by: "elbo", goal: .minimize).standings.map(\.trial.number) == [0, 2, 1])
  }

  @Test func tiesByTrialNumberWhateverTheOrder() {
    let trials = [scored(4, [1]), scored(2, [1]), scored(9, [1]), scored(3, [0])]
    for trials in [trials, trials.reversed()] {
      #expect(Ranking(of: trials, by: "elbo", goal: .maximize).standings.map(\.trial.number) == [2, 4, 9, 3])
    }
  }

  @Test(arguments: MetricGoals.Goal.allCases)
  func notANumberIsLast(goal: MetricGoals.Goal) {
    let trials = [
      scored(0, [.nan]), scored(1, [5]), scored(2, [-.infinity]), scored(3, [.nan]), scored(4, [.infinity]),
    ]
    let order = Ranking(of: trials, by: "elbo", goal: goal).standings.map(\.trial.number)
    #expect(order == (goal == .maximize ? [4, 1, 2, 0, 3] : [2, 1, 4, 0, 3]))
  }

  @Test func trialsWithoutTheMetricAreLeftOut() {
    let trials = [scored(0, [1], metric: "rmse"), scored(1, [1])]
    #expect(Ranking(of: trials, by: "elbo", goal: .maximize).standings.map(\.trial.number) == [1])
  }

  @Test func failedTrialsAreNotScored() {
    #expect(ScoredTrial(failedTrial(3, reason: "x")) == nil)
  }

  @Test func indistinguishableUsesThePairedDifference() {
    // The folds differ by 100, the trials by about 1: each mean's own standard error hides what the pairs show.
    let best = scored(0, [0, 100, 200, 300])
    let close = scored(1, [-1, 101, 199.5, 300])
    let worse = scored(2, [-1, 98.9, 199, 299.1])
    let ranking = Ranking(of: [best, close, worse], by: "elbo", goal: .maximize)
    #expect(ranking.indistinguishableFromBest?.map(\.trial.number) == [0, 1])
  }

  @Test func oneRunTellsNothingOfTheNoise() {
    let ranking = Ranking(of: [scored(0, [1]), scored(1, [1])], by: "elbo", goal: .maximize)
    #expect(ranking.indistinguishableFromBest == nil)
  }
}

@Suite struct PairedDifferenceTests {
  /// Differences 1, 2, 3: mean 2, standard deviation 1, standard error 1 / sqrt 3.
  @Test func knownValue() throws {
    let a = scored(0, [9, 18, 27])
    let b = scored(1, [10, 20, 30])
    let difference = try #require(PairedDifference(of: a, from: b, metric: "elbo", goal: .maximize))
    #expect(difference.mean == 2)
    #expect(abs(difference.standardError! - 1 / 3.0.squareRoot()) < 1e-15)
    #expect(abs(difference.inStandardErrors! - 2 * 3.0.squareRoot()) < 1e-14)
    #expect(difference.isWithinOneStandardError == false)
    let other = try #require(PairedDifference(of: a, from: b, metric: "elbo", goal: .minimize))
    #expect(other.mean == -2)
  }

  @Test func equalInfinitiesDoNotDiffer() throws {
    let difference = try #require(
      PairedDifference(
        of: scored(0, [-.infinity, 1]), from: scored(1, [-.infinity, 1]), metric: "elbo", goal: .maximize))
    #expect(difference.mean == 0)
    #expect(difference.inStandardErrors == 0)
  }

  @Test func differentRunsCannotBePaired() {
    #expect(PairedDifference(of: scored(0, [1]), from: scored(1, [1, 2]), metric: "elbo", goal: .maximize) == nil)
    #expect(PairedDifference(of: scored(0, [1]), from: scored(1, [1]), metric: "rmse", goal: .maximize) == nil)
  }
}

@Suite struct RankCorrelationTests {
  @Test func monotone() {
    #expect(rankCorrelation([1, 2, 3, 40], [5, 6, 70, 800]) == 1)
    #expect(rankCorrelation([1, 2, 3, 40], [8, 7, 6, -5]) == -1)
  }

  /// Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: covariance 4.5, variances 4.5 and 5.
  @Test func ties() throws {
    let value = try #require(rankCorrelation([1, 2, 2, 3], [10, 30, 20, 40]))
    #expect(abs(value - 4.5 / (4.5 * 5).squareRoot()) < 1e-15)
  }

  @Test func undefined() {
    #expect(rankCorrelation([1, 2], [1, 2]) == nil)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
    #expect(rankCorrelation([1, .nan, 1], [1, 2, 3]) == nil)
  }
}
