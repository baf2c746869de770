import Foundation
import Probability
import Tensors
import Testing

/// Standard errors of scores from posterior samples that all points share.
@Suite struct MonteCarloErrorTests {
  private static let points = 200

  /// y = x + noise, and lines whose slope and intercept are uncertain.
  private struct Lines {
    let x = Vector<Double>.uniform(RandomKey(seed: 1), from: -1, to: 1, count: points).array
    let targets: [Double]

    init() {
      let noise = Vector<Double>.normal(RandomKey(seed: 2), count: points).array
      targets = zip(x, noise).map { $0 + 0.3 * $1 }
    }

    func samples(_ key: RandomKey, count: Int) -> [[Double]] {
      let weights = Vector<Double>.normal(key, count: 2 * count).array
      return (0..<count).map { s in x.map { (0.8 + 0.3 * weights[2 * s]) * $0 + 0.1 + 0.3 * weights[2 * s + 1] } }
    }

    func scores(_ samples: [[Double]], groups: JackknifeGroups? = nil) -> RegressionScores {
      var scores = RegressionScores(targets: targets, groups: groups)
      for (s, sample) in samples.enumerated() { scores.add(sample, noise: 0.25 + 0.01 * Double(s % 5)) }
      return scores
    }

    static func values(_ scores: RegressionScores) -> [String: Double] {
      [
        "lppd": scores.lppd, "nll": scores.negativeLogLikelihood, "ece": scores.calibrationError, "rmse": scores.rmse,
      ]
    }
  }

  /// Three classes that overlap, and linear logits with uncertain weights.
  private struct Planes {
    let x = Vector<Double>.normal(RandomKey(seed: 3), count: 2 * points).array
    let targets: [Int]

    init() {
      let noise = Vector<Double>.normal(RandomKey(seed: 4), count: 2 * points).array
      targets = (0..<points).map { [x] i in
        let (u, v) = (x[2 * i] + noise[2 * i], x[2 * i + 1] + noise[2 * i + 1])
        return u > 0 ? 0 : v > 0 ? 1 : 2
      }
    }

    func samples(_ key: RandomKey, count: Int) -> [[Double]] {
      let weights = Vector<Double>.normal(key, count: 6 * count).array
      let center = [1.5, 0, -0.7, 1, -0.7, -1]
      return (0..<count).map { s in
        var logits: [Double] = []
        for i in 0..<points {
          for c in 0..<3 {
            let u: Double = center[2 * c] + weights[6 * s + 2 * c]
            let v: Double = center[2 * c + 1] + weights[6 * s + 2 * c + 1]
            logits.append(u * x[2 * i] + v * x[2 * i + 1])
          }
        }
        return logits
      }
    }

    func scores(_ samples: [[Double]], groups: JackknifeGroups? = nil) -> ClassificationScores {
      var scores = ClassificationScores(targets: targets, classes: 3, groups: groups)
      for sample in samples { scores.add(logits: sample) }
      return scores
    }

    static func values(_ scores: ClassificationScores) -> [String: Double] {
      [
        "lppd": scores.lppd, "nll": scores.negativeLogLikelihood, "ece": scores.calibrationError,
        "error": scores.errorRate, "brier": scores.brierScore.value,
      ]
    }
  }

  /// Compares the errors that many draws of S samples report with the spread of their scores.
  private func ratios(_ draws: [(values: [String: Double], errors: [String: Double])]) -> [String: Double] {
    draws[0].values.keys.reduce(into: [:]) { ratios, name in
      let values = draws.map { $0.values[name] ?? .nan }
      let n = Double(draws.count)
      let mean = values.reduce(0, +) / n
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      let reported = draws.reduce(0) { $0 + pow($1.errors[name] ?? .nan, 2) } / n
      ratios[name] = (reported / spread).squareRoot()
    }
  }

  @Test(arguments: [8, 45, 100]) func regressionErrorsAreTheSpreadOfOtherDraws(samples: Int) {
    let lines = Lines()
    let draws = (0..<200).map { draw in
      let scores = lines.scores(
        lines.samples(RandomKey(seed: UInt64(100 + draw)), count: samples), groups: JackknifeGroups(samples: samples))
      return (values: Lines.values(scores), errors: scores.monteCarloErrors(of: Lines.values))
    }
    for (name, ratio) in ratios(draws) { #expect(ratio > 0.5 && ratio < 2, "\(name): \(ratio)") }
  }

  @Test(arguments: [8, 45, 100]) func classificationErrorsAreTheSpreadOfOtherDraws(samples: Int) {
    let planes = Planes()
    let draws = (0..<200).map { draw in
      let scores = planes.scores(
        planes.samples(RandomKey(seed: UInt64(100 + draw)), count: samples), groups: JackknifeGroups(samples: samples))
      return (values: Planes.values(scores), errors: scores.monteCarloErrors(of: Planes.values))
    }
    // Points that leave their bin of the confidence make ece jump, and its error too large.
    for (name, ratio) in ratios(draws) {
      #expect(ratio > 0.5 && ratio < (name == "ece" ? 3.5 : 2), "\(name): \(ratio)")
    }
  }

  /// The joined sums of all groups but one are those of its samples, added one by one.
  @Test(arguments: [2, 5, 45]) func leftOutGroupsAreLeftOut(samples: Int) throws {
    let groups = JackknifeGroups(samples: samples)
    func check(_ errors: [String: Double], _ values: [String: Double], _ leftOut: ([Int]) -> [String: Double]) throws {
      let parts = (0..<groups.count).map { group in
        leftOut((0..<samples).filter { !groups.range(of: group).contains($0) })
      }
      #expect(errors.keys == values.keys)
      for (name, value) in values {
        let expected = try #require(groups.standardError(of: value, leftOut: parts.map { $0[name]! }))
        #expect(abs(errors[name]! - expected) < 1e-9 * max(1, expected), "\(name)")
      }
    }
    // The noise is that of the sample's place.
    let lines = Lines()
    let outputs = lines.samples(RandomKey(seed: 9), count: samples)
    func regression(_ chosen: [Int], groups: JackknifeGroups? = nil) -> RegressionScores {
      var scores = RegressionScores(targets: lines.targets, outputs: 2, groups: groups)
      // So sure that a few samples have nearly all of a point's density.
      for s in chosen { scores.add(outputs[s], noise: 0.01 + 0.001 * Double(s)) }
      return scores
    }
    let all = regression(Array(0..<samples), groups: groups)
    try check(all.monteCarloErrors(of: Lines.values), Lines.values(all)) { Lines.values(regression($0)) }
    let planes = Planes()
    let logits = planes.samples(RandomKey(seed: 9), count: samples).map { $0.map { 30 * $0 } }
    let classes = planes.scores(logits, groups: groups)
    try check(classes.monteCarloErrors(of: Planes.values), Planes.values(classes)) { chosen in
      Planes.values(planes.scores(chosen.map { logits[$0] }))
    }
  }

  @Test func groupsLeaveTheScoresAsTheyAre() {
    let (lines, planes) = (Lines(), Planes())
    let (outputs, logits) = (
      lines.samples(RandomKey(seed: 9), count: 45), planes.samples(RandomKey(seed: 9), count: 45)
    )
    let groups = JackknifeGroups(samples: 45)
    #expect(Lines.values(lines.scores(outputs)) == Lines.values(lines.scores(outputs, groups: groups)))
    #expect(Planes.values(planes.scores(logits)) == Planes.values(planes.scores(logits, groups: groups)))
  }

  @Test func equalSamplesHaveNoError() {
    let (lines, planes) = (Lines(), Planes())
    let groups = JackknifeGroups(samples: 45)
    var regression = RegressionScores(targets: lines.targets, groups: groups)
    var classification = ClassificationScores(targets: planes.targets, classes: 3, groups: groups)
    let (outputs, logits) = (
      lines.samples(RandomKey(seed: 9), count: 1)[0], planes.samples(RandomKey(seed: 9), count: 1)[0]
    )
    for _ in 0..<45 {
      regression.add(outputs, noise: 0.3)
      classification.add(logits: logits)
    }
    let errors = [regression.monteCarloErrors(of: Lines.values), classification.monteCarloErrors(of: Planes.values)]
    #expect(errors.map(\.count) == [4, 5])
    for (name, error) in errors.joined() { #expect(error < 1e-12, "\(name)") }
  }

  /// A chain that stays for a while: what a group repeats does not count again.
  @Test func repeatedSamplesOfAGroupCountOnce() throws {
    let lines = Lines()
    let outputs = lines.samples(RandomKey(seed: 9), count: 20)
    func errors(repeated times: Int) -> [String: Double] {
      var scores = RegressionScores(targets: lines.targets, groups: JackknifeGroups(samples: 20 * times))
      for sample in outputs { for _ in 0..<times { scores.add(sample, noise: 0.3) } }
      return scores.monteCarloErrors(of: Lines.values)
    }
    let (once, often) = (errors(repeated: 1), errors(repeated: 6))
    for (name, error) in once { #expect(error > 0 && abs(often[name]! - error) < 1e-9 * error, "\(name)") }
  }

  @Test func withoutGroupsOrWithOneSampleThereIsNone() {
    let lines = Lines()
    let outputs = lines.samples(RandomKey(seed: 9), count: 5)
    #expect(lines.scores(outputs).monteCarloErrors(of: Lines.values).isEmpty)
    let one = lines.scores(Array(outputs[..<1]), groups: JackknifeGroups(samples: 1))
    #expect(one.monteCarloErrors(of: Lines.values).isEmpty)
    let closed = RegressionScores(targets: [1], means: [0], variances: [1], noise: 1, logDensities: [-1])
    #expect(closed.monteCarloErrors(of: Lines.values).isEmpty)
  }
}
