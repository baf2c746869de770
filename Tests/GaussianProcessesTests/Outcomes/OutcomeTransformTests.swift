import Foundation
import GaussianProcesses
import Tensors
import Testing

@Suite struct OutcomeTransformTests {
  private let normal = Vector<Double>.normal(RandomKey(seed: 1), count: 60).array
  /// Log-normal distances to 3: a long tail of bad outcomes.
  private var skewed: [Double] { normal.map { 3 - exp(3 * $0) } }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
  private func variance(_ values: [Double]) -> Double {
    let center = mean(values)
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
  }

  @Test func standardises() {
    for outcomes in [normal, skewed, skewed.map { 1e9 * $0 + 1e12 }, [1, 2], normal.map { 1e-200 * $0 }] {
      let values = OutcomeTransform(fitting: outcomes).apply(outcomes)
      #expect(abs(mean(values)) < 1e-9 && abs(variance(values) - 1) < 1e-9, "\(values)")
    }
  }

  /// A Gaussian sample is only shifted and scaled.
  @Test func leavesGaussianOutcomesAlone() {
    let transform = OutcomeTransform(fitting: normal)
    #expect(!transform.isCompressing)
    let m = mean(normal)
    let sd = variance(normal).squareRoot()
    for y in normal { #expect(abs(transform.apply(y) - (y - m) / sd) < 1e-9) }
  }

  @Test func compressesTheBadSideAlone() {
    let transform = OutcomeTransform(fitting: skewed)
    #expect(transform.isCompressing)
    let (values, plain) = (transform.apply(skewed).sorted(), skewed.sorted())
    let sd = variance(plain).squareRoot()
    // The worst were 5 deviations away and more.
    #expect((plain[0] - mean(plain)) / sd < -4.5 && values[0] > -4, "\((plain[0] - mean(plain)) / sd), \(values[0])")
    // The best are further apart than they were, and in the same proportions.
    let (a, b) = (values[59] - values[55], values[58] - values[55])
    #expect(a > 3 * (plain[59] - plain[55]) / sd)
    #expect(abs(b / a - (plain[58] - plain[55]) / (plain[59] - plain[55])) < 0.1)
  }

  @Test func isMonotoneAndInvertible() {
    for outcomes in [normal, skewed, [1, 2, 1e12], [-1e12, 0, 1, 2, 3, 4], [1, 2]] {
      let transform = OutcomeTransform(fitting: outcomes)
      let sorted = outcomes.sorted()
      for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(transform.apply(a) <= transform.apply(b)) }
      let best = sorted.last!
      for y in sorted.suffix(outcomes.count / 2) + [best + abs(best)] {
        let value = transform.apply(y)
        #expect(abs(transform.inverse(value) - y) <= 1e-9 * max(1, abs(y)))
        let h = 1e-5 * max(1e-3, abs(best - y))
        let difference = (transform.apply(y + h) - transform.apply(y - h)) / (2 * h)
        if y != best { #expect(abs(transform.slope(at: y) - difference) <= 1e-3 * difference) }
        let (mean, sd) = transform.inverse(mean: value, standardDeviation: 0.1)
        #expect(mean == transform.inverse(value))
        #expect(abs(sd * transform.slope(at: y) - 0.1) < 1e-6)
      }
    }
  }

  @Test func whatIsNotFiniteCountsAsTheWorst() {
    let outcomes = [0.5, .nan, 2, -.infinity, 1, .infinity]
    let values = OutcomeTransform(fitting: outcomes).apply(outcomes)
    #expect(values.allSatisfy { $0.isFinite })
    #expect(values[1] == values[0] && values[3] == values[0] && values[5] == values[0])
    #expect(values[2] == values.max())
  }

  @Test(arguments: [
    [], [3], [-1e300], [2, 2, 2, 2, 2, 2], [.nan], [.nan, .infinity], [0, 0], [1e300, -1e300], [1e308, -1e308, 0],
    [1e12, 1e12 + 1e-4, 1e12], [0, Double.leastNonzeroMagnitude, Double.leastNormalMagnitude / 8],
    Array(repeating: 0.1, count: 30), [0, 1e12], [-1e12, 1, 1, 1, 1, 1],
  ]) func anyOutcomesHaveFiniteValues(_ outcomes: [Double]) {
    let transform = OutcomeTransform(fitting: outcomes)
    #expect(transform.apply(outcomes).allSatisfy { $0.isFinite && abs($0) < 100 }, "\(transform.apply(outcomes))")
    #expect(transform.apply([0, 1, .nan]).allSatisfy { $0.isFinite })
    if Set(outcomes).count == 1, outcomes[0].isFinite {
      #expect(transform.apply(outcomes).allSatisfy { $0 == 0 })
      #expect(transform.inverse(0) == outcomes[0])
    }
  }

  /// One failure far away does not squeeze the others together.
  @Test func oneFarOutcomeLeavesTheOthersApart() {
    let values = OutcomeTransform(fitting: normal + [-1e12]).apply(normal)
    #expect(variance(values) > 0.3)
  }

  /// A failure that is cut off keeps an error bar, that at the fence.
  @Test func cutOffOutcomesKeepASlope() {
    let transform = OutcomeTransform(fitting: [0, 1, 2, 3, 4, 5, 6, -1e12])
    #expect(transform.apply(-1e12) == transform.apply(-1e11))
    let slope = transform.slope(at: -1e12)
    #expect(slope > 0 && slope == transform.slope(at: -1e11) && slope == transform.slope(at: .nan))
  }

  @Test func precisionAtTheBestIsKept() {
    let outcomes = skewed + [3 - 1e-9, 3 - 2e-9]
    let transform = OutcomeTransform(fitting: outcomes)
    let gap = transform.apply(3 - 1e-9) - transform.apply(3 - 2e-9)
    #expect(abs(gap / (1e-9 * transform.slope(at: 3 - 1e-9)) - 1) < 1e-5)
  }
}
