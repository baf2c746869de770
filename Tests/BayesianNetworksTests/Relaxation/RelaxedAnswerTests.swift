import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Searches on data with a known answer, against separate trainings of every model. Each question is asked of two data sets
/// with opposite answers, so that no preference of the search can pass.
@Suite struct RelaxedAnswerTests {
  /// Whether the searches of some seeds choose what the separate trainings prefer by at least a margin, in nats.
  private static func check(
    _ problem: RelaxedVariationalProblem<Float>, answer: [Int], margin: Double, steps: Int, rate: Double = 0.02,
    seeds: Range<UInt64> = 0..<3
  ) throws {
    let separate = RelaxedFixtures.separate(problem, steps: 3000)
    let others = separate.filter { $0.key != answer }
    let (own, best) = (try #require(separate[answer]), try #require(others.values.min()))
    #expect(own + margin < best, "\(separate)")
    for seed in seeds {
      let search = try RelaxedFixtures.search(
        problem, RelaxedSearchSettings(steps: steps, optimizer: Adam(learningRate: rate)), seed: seed)
      #expect(search.choices == answer, "\(search.probabilities)")
      #expect(search.probabilities.allSatisfy { ($0.max() ?? 0) > 0.9 }, "\(search.probabilities)")
      #expect(search.candidates(1) == [answer])
      #expect(Set(search.candidates(separate.count + 1)) == Set(separate.keys))
    }
  }

  @Test(arguments: [(false, [1, 0, 0]), (true, [0, 0, 0])])
  func activationThatMadeTheDataIsFound(isKinked: Bool, answer: [Int]) throws {
    let data = RelaxedFixtures.curve(100, width: 2, noise: 0.05, seed: 1) { isKinked ? 3 * abs($0) : tanh(3 * $0) }
    let problem = RelaxedVariationalProblem(
      inputs: 1, outputs: 1, likelihood: .gaussian(scale: 0.05), activations: [.relu, .tanh],
      priors: [.gaussian(scale: 1)], widths: [[4]], training: data)
    try Self.check(problem, answer: answer, margin: 15, steps: 3000, rate: 0.005)
  }

  /// Few large weights, or many of one size; a prior that is far too wide is neither's.
  @Test(arguments: [(true, [0, 2, 0]), (false, [0, 1, 0])])
  func priorOfTheHighestBoundIsFound(isSparse: Bool, answer: [Int]) throws {
    let weights = (0..<40).map { isSparse ? ($0 % 10 == 3 ? 3.0 : 0) : ($0 % 2 == 0 ? 1 : -1) }
    let problem = RelaxedVariationalProblem(
      inputs: 40, outputs: 1, likelihood: .gaussian(scale: 0.3), activations: [.relu],
      priors: [.gaussian(scale: 30), .gaussian(scale: 1), .laplace(scale: isSparse ? 0.3 : 1)], widths: [[]],
      training: RelaxedFixtures.linear(80, weights: weights, noise: 0.3, seed: 2))
    try Self.check(problem, answer: answer, margin: 8, steps: 1500)
  }

  @Test(arguments: [(true, [0, 0, 1]), (false, [0, 0, 0])])
  func widthThatTheDataNeedsIsFound(isCurved: Bool, answer: [Int]) throws {
    let data = RelaxedFixtures.curve(100, width: 3, noise: 0.1, seed: 3) { isCurved ? sin(2 * $0) : 0.5 * $0 }
    let problem = RelaxedVariationalProblem(
      inputs: 1, outputs: 1, likelihood: .gaussian(scale: 0.1), activations: [.tanh], priors: [.gaussian(scale: 1)],
      widths: [[1], [20]], training: data)
    try Self.check(problem, answer: answer, margin: 40, steps: 2000)
  }

  /// All choices in one training of 3,000 steps, of which two candidates are verified, against all 12 trainings.
  @Test func allChoicesTogetherAreVerified() throws {
    let data = RelaxedFixtures.curve(100, width: 3, noise: 0.1, seed: 3) { sin(2 * $0) }
    let problem = RelaxedVariationalProblem(
      inputs: 1, outputs: 1, likelihood: .gaussian(scale: 0.1), activations: [.relu, .tanh],
      priors: [.gaussian(scale: 30), .gaussian(scale: 1)], widths: [[1], [8], [40]], training: data)
    let separate = RelaxedFixtures.separate(problem, steps: 2000)
    let sorted = separate.sorted { $0.value < $1.value }
    #expect(sorted[0].value + 30 < sorted[1].value, "\(sorted)")
    for seed in 0..<3 as Range<UInt64> {
      let search = try RelaxedFixtures.search(
        problem, RelaxedSearchSettings(steps: 3000, optimizer: Adam(learningRate: 0.02)), seed: seed)
      let verified = search.candidates(2).min { (separate[$0] ?? .infinity) < (separate[$1] ?? .infinity) }
      #expect(verified == sorted[0].key, "\(search.probabilities), \(sorted)")
    }
  }

  @Test func verificationTakesTheLowestLossThatIsFinite() {
    let problem = RelaxedVariationalProblem<Float>(
      inputs: 1, outputs: 1, likelihood: .gaussian(scale: 0.1), activations: [.tanh],
      priors: [.gaussian(scale: 1000), .gaussian(scale: 1), .laplace(scale: 100)], widths: [[]],
      training: RelaxedFixtures.curve(30, width: 1, noise: 0.1, seed: 4) { $0 })
    let verification = RelaxedVerification(
      problem, FineTuningSettings(optimizer: Adam(learningRate: 0.05), steps: 400), draws: 1, key: RandomKey(seed: 61))
    let best = verification.best(of: RelaxedFixtures.selections(problem))
    #expect(best?.selection == [0, 1, 0])
    #expect(best?.value == verification.value(of: [0, 1, 0]))
    let diverging = RelaxedVerification(
      problem, FineTuningSettings(optimizer: SGD(learningRate: 1e9), steps: 100), draws: 1, key: RandomKey(seed: 61))
    #expect(diverging.best(of: [[0, 0, 0]]) == nil)
  }
}
