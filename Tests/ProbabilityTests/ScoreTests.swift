import Foundation
import Probability
import Tensors
import Testing

@Suite struct RegressionScoreTests {
  /// Two samples, two points, by hand.
  @Test func scoresByHand() {
    var scores = RegressionScores(targets: [1, 2])
    scores.add([1.5, 2], noise: 0.5)
    scores.add([0.5, 4], noise: 0.5)
    func density(_ z: Double) -> Double { exp(-0.5 * z * z) / (0.5 * (2 * Double.pi).squareRoot()) }
    let expected = (log((density(1) + density(1)) / 2) + log((density(0) + density(4)) / 2)) / 2
    #expect(abs(scores.lppd - expected) < 1e-12)
    // Means 1 and 3 against 1 and 2.
    #expect(abs(scores.rmse - 0.5.squareRoot()) < 1e-12)
    // Variances 0.25 + 0.25 and 0.25 + 1.
    let nll =
      -(Gaussian(mean: 1, scale: 0.5.squareRoot()).logDensity(1)
      + Gaussian(mean: 3, scale: 1.25.squareRoot()).logDensity(2)) / 2
    #expect(abs(scores.negativeLogLikelihood - nll) < 1e-12)
  }

  /// eq. 20 is a mean over the points: doubling the data leaves it as it is.
  @Test func lppdIsAMean() {
    var (once, twice) = (RegressionScores(targets: [1]), RegressionScores(targets: [1, 1]))
    once.add([0.3], noise: 1)
    twice.add([0.3, 0.3], noise: 1)
    #expect(abs(once.lppd - twice.lppd) < 1e-14)
  }

  @Test func aTruePredictionIsCalibrated() {
    let n = 20_000
    let noise = Vector<Double>.normal(RandomKey(seed: 5), count: n).array
    var honest = RegressionScores(targets: noise)
    honest.add(Array(repeating: 0, count: n), noise: 1)
    #expect(honest.calibrationError < 0.01)
    // Four times too sure: the central interval of 50 % holds about 13 % of the targets.
    var bold = RegressionScores(targets: noise)
    bold.add(Array(repeating: 0, count: n), noise: 0.25)
    #expect(bold.calibrationError > 0.25)
  }

  @Test func calibrationErrorByHand() {
    // All targets in the middle of the prediction: every interval holds everything; mean of 1 - level = 0.5.
    var scores = RegressionScores(targets: [0, 0])
    scores.add([0, 0], noise: 1)
    #expect(abs(scores.calibrationError - 0.5) < 1e-12)
  }

  @Test func outputsOfAPointBelongTogether() {
    var scores = RegressionScores(targets: [1, 2], outputs: 2)
    scores.add([0, 0], noise: 1)
    scores.add([2, 2], noise: 1)
    let g = Gaussian()
    let expected = logMeanExp([g.logDensity(1) + g.logDensity(2), g.logDensity(1) + g.logDensity(0)])
    #expect(abs(scores.lppd - expected) < 1e-12)
  }
}

@Suite struct NotANumberTests {
  /// A diverged network has scores that are not finite, and no crash.
  @Test func regression() {
    for (prediction, noise) in [(Double.nan, 1.0), (0, .nan)] {
      var scores = RegressionScores(targets: [1, 2])
      scores.add([prediction, 2], noise: noise)
      #expect(scores.lppd.isNaN && scores.negativeLogLikelihood.isNaN)
    }
  }

  @Test func classification() {
    var scores = ClassificationScores(targets: [0, 1], classes: 2)
    scores.add(logits: [0, 1, 0, .nan])
    #expect(scores.lppd.isNaN && scores.calibrationError.isNaN)
  }
}

@Suite struct ClassificationScoreTests {
  @Test func scoresByHand() {
    var scores = ClassificationScores(targets: [0, 1], classes: 2)
    // Probabilities of class 0: 0.8 and 0.6 for the first point, 0.7 and 0.9 for the second.
    scores.add(logits: [log(0.8), log(0.2), log(0.7), log(0.3)])
    scores.add(logits: [log(0.6), log(0.4), log(0.9), log(0.1)])
    #expect(abs(scores.lppd - (log(0.7) + log(0.2)) / 2) < 1e-12)
    #expect(scores.negativeLogLikelihood == -scores.lppd)
    #expect(scores.errorRate == 0.5)
    // Confidences 0.7 (right) and 0.8 (wrong), in bins of their own: (0.3 + 0.8) / 2.
    #expect(abs(scores.calibrationError - 0.55) < 1e-12)
  }

  @Test func aSurePredictionFallsIntoTheLastBin() {
    var scores = ClassificationScores(targets: [0, 0], classes: 2)
    scores.add(logits: [1000, 0, 1000, 0])
    #expect(scores.calibrationError == 0 && scores.errorRate == 0)
    #expect(scores.lppd == 0)
  }

  /// Labels drawn from the predicted probabilities.
  @Test func aTruePredictionIsCalibrated() {
    let n = 20_000
    let uniform = Vector<Double>.uniform(RandomKey(seed: 6), count: 2 * n).array
    let probability = (0..<n).map { 0.5 + 0.5 * uniform[$0] }
    var scores = ClassificationScores(
      targets: (0..<n).map { uniform[n + $0] < probability[$0] ? 0 : 1 }, classes: 2)
    scores.add(logits: probability.flatMap { [log($0), log(1 - $0)] })
    #expect(scores.calibrationError < 0.015)
  }
}

@Suite struct ScoreErrorTests {
  @Test func regressionErrorsByHand() throws {
    // Errors 1 and 2: squared 1 and 4, mean 2.5, standard error of the mean 1.5.
    var scores = RegressionScores(targets: [1, 2])
    scores.add([0, 0], noise: 1)
    let rmse = try #require(scores.rmseStandardError)
    #expect(abs(rmse - 1.5 / (2 * 2.5.squareRoot())) < 1e-12)
    // Log densities c - 1/2 and c - 2.
    let lppd = try #require(scores.lppdStandardError)
    let nll = try #require(scores.negativeLogLikelihoodStandardError)
    #expect(abs(lppd - 0.75) < 1e-12 && abs(nll - 0.75) < 1e-12)
    #expect(abs(scores.logDensities.reduce(0, +) / 2 - scores.lppd) < 1e-12)
  }

  /// The outputs of a point are one observation: twice the outputs with the same errors leave rmse's error as it is.
  @Test func rmseErrorCountsPoints() throws {
    var (one, two) = (RegressionScores(targets: [1, 2]), RegressionScores(targets: [1, 1, 2, 2], outputs: 2))
    one.add([0, 0], noise: 1)
    two.add([0, 0, 0, 0], noise: 1)
    #expect(one.rmse == two.rmse && one.rmseStandardError == two.rmseStandardError)
  }

  @Test func onePointHasNoError() {
    var regression = RegressionScores(targets: [1])
    regression.add([0], noise: 1)
    #expect(regression.lppdStandardError == nil && regression.rmseStandardError == nil)
    var classification = ClassificationScores(targets: [1], classes: 2)
    classification.add(logits: [0, 0])
    #expect(classification.lppdStandardError == nil && classification.errorRateStandardError == nil)
    #expect(classification.brierScore == Estimate(0.5))
  }

  @Test func classificationErrorsByHand() throws {
    var scores = ClassificationScores(targets: [0, 1], classes: 2)
    scores.add(logits: [log(0.8), log(0.2), log(0.7), log(0.3)])
    scores.add(logits: [log(0.6), log(0.4), log(0.9), log(0.1)])
    // Probabilities (0.7, 0.3) for class 0, (0.8, 0.2) for class 1: 2 * 0.09 and 2 * 0.64.
    let brier = scores.brierScore
    #expect(abs(brier.value - 0.73) < 1e-12)
    #expect(abs((brier.standardError ?? 0) - 0.55) < 1e-12)
    // One right, one wrong: s = sqrt(1/2), over sqrt 2.
    #expect(abs((scores.errorRateStandardError ?? 0) - 0.5) < 1e-12)
    #expect(abs((scores.lppdStandardError ?? 0) - abs(log(0.7) - log(0.2)) / 2) < 1e-12)
  }

  /// A sure and right prediction scores 0, a sure and wrong one 2, whatever the number of classes.
  @Test func brierRange() {
    for (target, score) in [(0, 0.0), (2, 2.0)] {
      var scores = ClassificationScores(targets: [target], classes: 5)
      scores.add(logits: [1000, 0, 0, 0, 0])
      #expect(scores.brierScore.value == score)
    }
  }

  @Test func calibrationCurveOfATruePrediction() {
    let noise = Vector<Double>.normal(RandomKey(seed: 5), count: 20_000).array
    var scores = RegressionScores(targets: noise)
    scores.add(Array(repeating: 0, count: noise.count), noise: 1)
    let curve = scores.calibrationCurve(levels: [0, 0.5, 0.9, 1])
    #expect(curve.points[0].coverage.value == 0 && curve.points[3].coverage.value == 1)
    for point in curve.points[1...2] {
      let error = point.coverage.standardError ?? .nan
      #expect(abs(error - (point.level * (1 - point.level) / 20_000).squareRoot()) < 1e-4)
      #expect(abs(point.coverage.value - point.level) < 4 * error)
    }
  }

  @Test func undefinedPredictionsHaveNoCurve() {
    var scores = RegressionScores(targets: [1, 2])
    scores.add([.nan, 2], noise: 1)
    #expect(scores.calibrationError.isNaN)
  }
}

@Suite struct ReliabilityDiagramTests {
  @Test func binsByHand() throws {
    var diagram = ReliabilityDiagram(bins: 4)
    for (confidence, right) in [(0.3, true), (0.5, false), (0.9, true), (1.0, true), (0.8, false)] {
      diagram.add(confidence: confidence, isRight: right)
    }
    // 0.5 belongs to (0.25, 0.5].
    #expect(diagram.bins.map(\.count) == [0, 2, 0, 3])
    #expect(diagram.bins[0].accuracy == nil && diagram.bins[0].meanConfidence == nil)
    let last = diagram.bins[3]
    let accuracy = try #require(last.accuracy)
    #expect(abs((last.meanConfidence ?? 0) - 0.9) < 1e-12 && abs(accuracy.value - 2.0 / 3) < 1e-12)
    #expect(abs((accuracy.standardError ?? 0) - (2.0 / 27).squareRoot()) < 1e-12)
    // |0.8 - 1| + |2.7 - 2| over five; largest 0.7 / 3.
    #expect(abs(diagram.expectedCalibrationError.value - 0.18) < 1e-12)
    #expect(abs(diagram.maximumCalibrationError - 0.7 / 3) < 1e-12)
    // Terms: second bin - sign: right - confidence 0.7, -0.5; last bin + sign: -0.1, 0, 0.8.
    let error = Estimate.mean([0.7, -0.5, -0.1, 0, 0.8]).standardError ?? 0
    #expect(abs((diagram.expectedCalibrationError.standardError ?? 0) - error) < 1e-12)
  }

  @Test func undefinedConfidence() {
    var diagram = ReliabilityDiagram()
    diagram.add(confidence: .nan, isRight: true)
    #expect(diagram.undefined == 1 && diagram.count == 0 && diagram.expectedCalibrationError.value.isNaN)
  }
}
