import Foundation
import GaussianProcesses
import Tensors
import Testing

@Suite struct AcquisitionGradientTests {
  @Test func logExpectedImprovement() throws {
    checkGradients(LogExpectedImprovement(try Processes.mixed(), best: 1))
    // Improvements out of reach.
    checkGradients(LogExpectedImprovement(try Processes.mixed(), best: 30))
    checkGradients(LogExpectedImprovement(try Processes.mixed(), best: -10))
  }

  @Test func logProbabilityOfImprovement() throws {
    checkGradients(LogProbabilityOfImprovement(try Processes.mixed(), best: 1))
    checkGradients(LogProbabilityOfImprovement(try Processes.mixed(), best: 30))
  }

  @Test func upperConfidenceBound() throws {
    checkGradients(UpperConfidenceBound(try Processes.mixed(), beta: 2))
  }

  @Test func logNoisyExpectedImprovement() throws {
    let pending = Processes.randomPoints(3, Processes.features, key: RandomKey(seed: 4))
    for noise in [1e-8, 0.05] {
      checkGradients(
        LogNoisyExpectedImprovement(
          try Processes.mixed(noise: noise), pending: pending, uniforms: Processes.uniforms(16, 8),
          key: RandomKey(seed: 1)), tolerance: 1e-5)
    }
  }

  @Test func thompsonDraw() throws {
    checkGradients(ThompsonDraw(try Processes.mixed(), key: RandomKey(seed: 3), features: 64))
    checkGradients(ThompsonDraw(try Processes.mixed(count: 0), key: RandomKey(seed: 3), features: 64))
  }

  @Test func logImprovement() throws {
    let bound = UpperConfidenceBound(try Processes.mixed(), beta: 2)
    for best in [-10.0, 1, 30] { checkGradients(LogImprovement(bound, best: best, width: 0.1)) }
    let points = Processes.randomPoints(40, Processes.features, key: RandomKey(seed: 3))
    let plain = bound.values(at: points)
    let logarithms = LogImprovement(bound, best: 1).values(at: points)
    // It keeps the order, and well above the best it is the logarithm of what is above it.
    func order(_ values: [Double]) -> [Int] { values.indices.sorted { values[$0] < values[$1] } }
    #expect(order(plain) == order(logarithms))
    for (value, logarithm) in zip(plain, logarithms) where value > 1.1 {
      #expect(abs(logarithm - log(value - 1)) < 2e-4)
    }
    #expect(plain.contains { $0 > 1.1 } && plain.contains { $0 < 0.9 })
    // Far below the best there is the same distance from it as far above, on this scale: a thousandth to the square.
    #expect(logarithms.allSatisfy { $0 > log(1e-3) - log(1e4) })
  }

  @Test func costAndFeasibility() throws {
    let process = try Processes.mixed()
    let other = try Processes.mixed(noise: 0.1, seed: 8)
    let improvement = LogExpectedImprovement(process, best: 1)
    let cheap = CostAware(improvement, logSeconds: other, scale: 1.7, exponent: 0.5)
    checkGradients(cheap)
    checkGradients(LogProbabilityOfFeasibility(other))
    checkGradients(Feasible(cheap, feasibility: LogProbabilityOfFeasibility(other)))
    // What they add is as documented.
    let points = Processes.randomPoints(5, Processes.features, key: RandomKey(seed: 2))
    let (plain, perSecond) = (improvement.values(at: points), cheap.values(at: points))
    let seconds = other.posterior(at: points).mean
    for i in plain.indices { #expect(abs(perSecond[i] - (plain[i] - 0.5 * 1.7 * seconds[i])) < 1e-12) }
  }
}
