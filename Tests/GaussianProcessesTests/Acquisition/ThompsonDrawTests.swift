import GaussianProcesses
import Tensors
import Testing

@Suite struct ThompsonDrawTests {
  /// Over many draws, mean and variance are the posterior's, within the noise of the draws.
  @Test(arguments: [1e-6, 0.1]) func drawsHaveThePosteriorsMoments(_ noise: Double) throws {
    let process = try Processes.line([0.1, 0.3, 0.45, 0.9], [0.2, 0.9, 1.1, -0.4], noise: noise)
    let grid = Processes.column([0.0, 0.1, 0.2, 0.38, 0.45, 0.62, 0.8, 1])
    let posterior = process.posterior(at: grid)
    let draws = 2000
    var (sums, squares) = (Array(repeating: 0.0, count: grid.rows), Array(repeating: 0.0, count: grid.rows))
    for draw in 0..<draws {
      let values = ThompsonDraw(process, key: RandomKey(seed: 2).folded(draw), features: 128).values(at: grid)
      for i in values.indices {
        sums[i] += values[i]
        squares[i] += values[i] * values[i]
      }
    }
    for i in sums.indices {
      let mean = sums[i] / Double(draws)
      let variance = squares[i] / Double(draws) - mean * mean
      let error = (posterior.variance[i] / Double(draws)).squareRoot()
      #expect(abs(mean - posterior.mean[i]) < 4.5 * error + 1e-3, "\(i): \(mean), \(posterior.mean[i])")
      #expect(abs(variance - posterior.variance[i]) < 0.2 * posterior.variance[i] + 1e-4, "\(i): \(variance)")
    }
  }

  @Test func equalKeysGiveTheSameFunction() throws {
    let process = try Processes.mixed()
    let points = Processes.randomPoints(6, Processes.features, key: RandomKey(seed: 1))
    let a = ThompsonDraw(process, key: RandomKey(seed: 1)).values(at: points)
    #expect(a == ThompsonDraw(process, key: RandomKey(seed: 1)).values(at: points))
    #expect(a != ThompsonDraw(process, key: RandomKey(seed: 2)).values(at: points))
  }
}
