import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct ScheduleTests {
  @Test func shapes() {
    #expect(LearningRateSchedule.constant.factor(step: 12345) == 1)
    let cosine = LearningRateSchedule.cosine(steps: 100)
    #expect(cosine.factor(step: 0) == 1 && abs(cosine.factor(step: 50) - 0.5) < 1e-15)
    #expect(cosine.factor(step: 100) == 0 && cosine.factor(step: 200) == 0)
    let steps = LearningRateSchedule.step(every: 10, factor: 0.5)
    #expect([0, 9, 10, 19, 20, 35].map { steps.factor(step: $0) } == [1, 1, 0.5, 0.5, 0.25, 0.125])
    let cycles = LearningRateSchedule.cyclical(period: 8)
    #expect(cycles.factor(step: 0) == 1 && cycles.factor(step: 8) == 1 && abs(cycles.factor(step: 12) - 0.5) < 1e-15)
    #expect(cycles.factor(step: 7) > 0 && cycles.factor(step: 7) < 0.04)
  }

  @Test func warmupComesFirst() {
    let schedule = LearningRateSchedule.cosine(steps: 104, warmup: 4)
    #expect((0..<5).map { schedule.factor(step: $0) } == [0.25, 0.5, 0.75, 1, 1])
    #expect(abs(schedule.factor(step: 54) - 0.5) < 1e-15 && schedule.factor(step: 104) == 0)
    #expect(LearningRateSchedule(.cosine(steps: 3), warmup: 5).factor(step: 7) == 0)
    let steps = LearningRateSchedule.step(every: 10, factor: 0.1, warmup: 2)
    #expect(steps.factor(step: 11) == 1 && steps.factor(step: 12) == 0.1)
  }

  @Test func theWarmupOfTheComplexity() {
    let warmup = Warmup(from: 0.25, steps: 4)
    #expect((0..<6).map { warmup.factor(step: $0) } == [0.25, 0.4375, 0.625, 0.8125, 1, 1])
    #expect(Warmup.none.factor(step: 0) == 1)
    let settings = TrainingSettings(
      optimizer: SGD(), batchSize: 1, steps: 10, complexityWarmup: Warmup(steps: 2), temperature: 0.5)
    #expect((0..<4).map { settings.complexityFactor(step: $0) } == [0, 0.25, 0.5, 0.5])
  }

  @Test func clippingByTheGlobalNorm() {
    let gradient = Vector<Double>([6, 8])
    withExtendedLifetime(gradient) {
      let clipping = GradientClipping(maximumNorm: 2)
      let long = clipping.scale(gradient.unsafePointer, count: 2, gradientScale: 0.5)
      #expect(long.norm == 5 && abs(long.gradientScale - 0.2) < 1e-15)
      let short = clipping.scale(gradient.unsafePointer, count: 2, gradientScale: 0.1)
      #expect(short.norm == 1 && short.gradientScale == 0.1)
    }
    let bad = Vector<Double>([.nan])
    let result = GradientClipping(maximumNorm: 1).scale(bad.unsafePointer, count: 1, gradientScale: 0.5)
    withExtendedLifetime(bad) { #expect(result.norm.isNaN && result.gradientScale == 0.5) }
  }

  @Test func earlyStopping() {
    var stopping = EarlyStopping(patience: 2, minimumImprovement: 0.5)
    let verdicts = [(10, -3.0), (20, -2), (30, -1.6), (40, -1.4), (50, .nan), (60, -1)].map {
      stopping.update(step: $0.0, score: $0.1)
    }
    #expect(verdicts == [.improved, .improved, .unchanged, .improved, .unchanged, .stop])
    #expect(stopping.bestScore == -1.4 && stopping.bestStep == 40 && stopping.waited == 2)
    #expect(stopping.update(step: 70, score: 0) == .improved)
    var first = EarlyStopping(patience: 1)
    #expect(first.update(step: 1, score: .nan) == .stop && first.bestScore == nil)
  }
}
