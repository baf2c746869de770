import Foundation
import GaussianProcesses
import Tensors
import Testing

@Suite struct LogNoisyExpectedImprovementTests {
  private let none = Matrix<Double>(rows: 0, columns: 1)
  private let grid = Processes.column((0...40).map { Double($0) / 40 })

  /// Midpoints of s equal intervals: the best quasi-random numbers in one dimension.
  private func strata(_ count: Int) -> Matrix<Double> {
    Processes.column((0..<count).map { (Double($0) + 0.5) / Double(count) })
  }

  @Test func withoutNoiseAndPendingPointsItIsLogExpectedImprovement() throws {
    let process = try Processes.line([0.1, 0.4, 0.75], [0.2, 1.1, -0.4], noise: 1e-9)
    let noisy = LogNoisyExpectedImprovement(
      process, pending: none, uniforms: Processes.uniforms(8, 4), key: RandomKey(seed: 0))
    let best = process.posterior(at: process.points).mean.max()!
    let expected = LogExpectedImprovement(process, best: best).values(at: grid)
    for (a, b) in zip(noisy.values(at: grid), expected) { #expect(abs(a - b) <= 1e-9 * max(1, abs(b))) }
  }

  /// One pending point without noise: the expectation over its value f is a one-dimensional integral, here on a dense
  /// grid, of the improvement of the process conditioned on f, with the incumbent max(best, f).
  @Test func onePendingPointAgreesWithQuadrature() throws {
    let process = try Processes.line([0.1, 0.4, 0.75], [0.2, 1.1, -0.4], noise: 1e-9)
    let pending = Processes.column([0.52])
    let joint = process.posterior(at: pending)
    let best = process.posterior(at: process.points).mean.max()!
    let nodes = 4000
    var expected = Array(repeating: 0.0, count: grid.rows)
    for node in 0..<nodes {
      let z = 16 * ((Double(node) + 0.5) / Double(nodes) - 0.5)
      let f = joint.mean[0] + joint.variance[0].squareRoot() * z
      let posterior = try process.conditioned(on: pending, outcomes: [f], noise: [0]).posterior(at: grid)
      for i in expected.indices {
        let (value, _, _) = LogExpectedImprovement.value(
          mean: posterior.mean[i], standardDeviation: max(posterior.variance[i], 1e-14).squareRoot(), best: max(best, f)
        )
        expected[i] += exp(value) * NormalTails.density(z) * 16 / Double(nodes)
      }
    }
    let noisy = LogNoisyExpectedImprovement(
      process, pending: pending, uniforms: strata(1024), key: RandomKey(seed: 0))
    for (i, value) in noisy.values(at: grid).enumerated() where expected[i] > 1e-6 {
      #expect(
        abs(exp(value) - expected[i]) < 2e-3 * expected[i] + 2e-6, "\(grid[i, 0]): \(exp(value)) and \(expected[i])")
    }
    // The pending point is worth nothing more, where alone it was worth most.
    let alone = LogNoisyExpectedImprovement(process, pending: none, uniforms: strata(8), key: RandomKey(seed: 0))
    #expect(alone.values(at: pending)[0] > -5)
    #expect(noisy.values(at: pending)[0] < -12)
  }

  /// With noise, the reference draws the incumbents and the value at the point together, many times, with
  /// pseudo-random numbers and no conditioning at all.
  @Test func noisyObservationsAgreeWithPlainMonteCarlo() throws {
    let process = try Processes.line([0.1, 0.3, 0.45, 0.5, 0.9], [0.2, 0.9, 1.1, 0.6, -0.4], noise: 0.1)
    let candidates = Processes.column([0.0, 0.2, 0.38, 0.45, 0.62, 0.8])
    let all = process.points.stacked(on: candidates)
    let joint = process.jointPosterior(at: all)
    let draws = 40_000
    let normals = Matrix(Vector<Double>.normal(RandomKey(seed: 6), count: draws * 11), rows: draws, columns: 11)
    let samples = JointSamples.draw(mean: joint.mean, covariance: joint.covariance, normals: normals)
    let noisy = LogNoisyExpectedImprovement(
      process, pending: none, uniforms: Processes.uniforms(2048, 5), key: RandomKey(seed: 0))
    for (i, value) in noisy.values(at: candidates).enumerated() {
      var (sum, squares) = (0.0, 0.0)
      for draw in 0..<draws {
        let gain = max(0, samples[draw, 5 + i] - (0..<5).map { samples[draw, $0] }.max()!)
        sum += gain
        squares += gain * gain
      }
      let mean = sum / Double(draws)
      let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
      // 0.45 is an observed point: given its own value nothing can be gained there.
      if i == 3 {
        #expect(mean < 1e-7 && exp(value) < 1e-5)
      } else {
        #expect(abs(exp(value) - mean) < 5 * error + 0.05 * mean, "\(i): \(exp(value)), \(mean) +- \(error)")
      }
    }
  }

  @Test func anythingPendingGivesFiniteValues() throws {
    let process = try Processes.line([0.1, 0.4, 0.4, 0.75], [0.2, 1.1, 1.1, -0.4], noise: 1e-9)
    // Twice the same, an observed point, and more of them than columns of uniforms.
    let pending = Processes.column([0.6, 0.6, 0.4, 0.1, 0.2, 0.3])
    for process in [process, try Processes.line([], [], noise: 1e-3), try Processes.line([0.5], [0], noise: 1e-3)] {
      let noisy = LogNoisyExpectedImprovement(
        process, pending: pending, uniforms: Processes.uniforms(32, 2), key: RandomKey(seed: 0))
      let (values, gradients) = noisy.valuesAndGradients(at: grid)
      #expect(values.allSatisfy(\.isFinite) && gradients.elements.array.allSatisfy(\.isFinite))
    }
    let empty = LogNoisyExpectedImprovement(
      process, pending: none, uniforms: Matrix(rows: 0, columns: 0), key: RandomKey(seed: 0))
    #expect(empty.values(at: grid).allSatisfy { $0.isFinite })
  }

  @Test func keepsThePointsThatMayBeTheBest() throws {
    let x = (0..<40).map { Double($0) / 40 }
    let process = try Processes.line(x, x.map { 2 - 20 * abs($0 - 0.6) * abs($0 - 0.6) }, noise: 0.02)
    let incumbents = Incumbents(process, limit: 8, key: RandomKey(seed: 1))
    #expect(incumbents.indices.count > 1 && incumbents.indices.count <= 8)
    #expect(incumbents.indices.allSatisfy { abs(x[$0] - 0.6) < 0.15 }, "\(incumbents.indices)")
    #expect(incumbents.largestVariance > 1e-4)
    let sure = Incumbents(
      try Processes.line([0, 0.5, 1], [0, 1, 0], noise: 1e-10), limit: 8, key: RandomKey(seed: 1))
    #expect(sure.indices == [1])
  }
}
