import BayesianNetworks
import Foundation
import Tensors
import Testing

@Suite struct LangevinTests {
  /// Runs independent chains on the target N(mean, precision^-1) with exact gradients, and gives mean and covariance of
  /// the iterates that are to be used, over all chains.
  func moments(
    _ optimizer: some Optimizer, mean: [Double], precision: [[Double]], examples: Int, steps: Int, chains: Int = 100,
    isUsed: (Int) -> Bool
  ) -> (mean: [Double], covariance: [[Double]]) {
    let d = mean.count
    var (count, sum) = (0.0, Array(repeating: 0.0, count: d))
    var products = Array(repeating: sum, count: d)
    _ = run(
      optimizer, from: Array(repeating: mean, count: chains).flatMap { $0 }, steps: steps, examples: examples,
      record: { number, x in
        guard isUsed(number) else { return }
        count += Double(chains)
        for start in stride(from: 0, to: x.count, by: d) {
          for i in 0..<d {
            sum[i] += x[start + i]
            for j in 0..<d { products[i][j] += x[start + i] * x[start + j] }
          }
        }
      }
    ) { x, _ in
      var gradient = x
      for start in stride(from: 0, to: x.count, by: d) {
        for i in 0..<d {
          gradient[start + i] = 0
          for j in 0..<d { gradient[start + i] += precision[i][j] * (x[start + j] - mean[j]) / Double(examples) }
        }
      }
      return gradient
    }
    let average = sum.map { $0 / count }
    return (average, (0..<d).map { i in (0..<d).map { products[i][$0] / count - average[i] * average[$0] } })
  }

  /// x' = (1 - a) x + sqrt(2 a T / p) noise with a = rate p / N has the stationary variance (T / p) / (1 - a / 2), and
  /// correlations that die out over about 1 / a steps. Tolerances are four standard errors of that many independent draws.
  @Test(arguments: [1.0, 0.25])
  func oneDimension(temperature: Double) {
    let (precision, examples, rate, steps) = (4.0, 100, 5.0, 3000)
    let a = rate * precision / Double(examples)
    let (mean, covariance) = moments(
      SGLD(learningRate: rate, temperature: temperature), mean: [1.5], precision: [[precision]], examples: examples,
      steps: steps, isUsed: { $0 >= 100 })
    let variance = temperature / precision / (1 - a / 2)
    let draws = Double(steps - 100) * 100 * a / 2
    #expect(abs(mean[0] - 1.5) < 4 * (variance / draws).squareRoot())
    #expect(abs(covariance[0][0] - variance) < 4 * variance * (2 / draws).squareRoot())
  }

  @Test func twoCorrelatedDimensions() {
    let covariance = [[1.0, 0.6], [0.6, 2]]
    let determinant = 1.0 * 2 - 0.36
    let precision = [[2 / determinant, -0.6 / determinant], [-0.6 / determinant, 1 / determinant]]
    let found = moments(
      SGLD(learningRate: 0.05 * 60), mean: [-1, 2], precision: precision, examples: 60, steps: 4000,
      isUsed: { $0 >= 300 })
    // About 10,000 independent draws; the bias of the step size is about 2.5 to 5 percent.
    for i in 0..<2 {
      #expect(abs(found.mean[i] - [-1, 2][i]) < 0.06)
      for j in 0..<2 { #expect(abs(found.covariance[i][j] - covariance[i][j]) < 0.15, "\(found)") }
    }
  }

  /// With `decay` near 1 the preconditioner is all but constant, and the missing term Gamma does not matter. Two scales that
  /// differ by 10 are sampled at one rate.
  @Test func preconditioned() {
    let (mean, covariance) = moments(
      PreconditionedSGLD(learningRate: 0.01, decay: 0.999, epsilon: 1e-4), mean: [0.5, -0.5],
      precision: [[1, 0], [0, 100]], examples: 10, steps: 8000, isUsed: { $0 >= 4000 })
    #expect(abs(mean[0] - 0.5) < 0.06 && abs(mean[1] + 0.5) < 0.006, "\(mean)")
    #expect(abs(covariance[0][0] - 1) < 0.12 && abs(covariance[1][1] - 0.01) < 0.0012, "\(covariance)")
  }

  /// One preconditioned step by hand, without noise: v = 0.1 * 4, G = 1 / (0.5 + sqrt 0.4).
  @Test func aPreconditionedStepByHand() {
    let optimizer = PreconditionedSGLD(learningRate: 0.1, decay: 0.9, epsilon: 0.5, temperature: 0)
    let x = run(optimizer, from: [1.0], steps: 1, gradientScale: 0.5) { _, _ in [4] }.x
    #expect(abs(x[0] - (1 - 0.2 / (0.5 + 0.4.squareRoot()))) < 1e-14)
  }

  /// The samples of the cycles' later parts are those of the target; the exploring parts have no noise.
  @Test func cyclical() {
    let (cycles, steps) = (LangevinCycles(cycles: 4, exploration: 0.25), 4000)
    let optimizer = CyclicalSGLD(learningRate: 2, cycles: cycles)
    let (mean, covariance) = moments(
      optimizer, mean: [1], precision: [[1]], examples: 10, steps: steps,
      isUsed: {
        // Away from the start of the sampling, which comes from the optimum, and from the end, where steps are tiny.
        (400..<800).contains($0 % cycles.period(total: steps))
      })
    #expect(abs(mean[0] - 1) < 0.1 && abs(covariance[0][0] - 1) < 0.12, "\(mean), \(covariance)")
    var path: [Double] = []
    _ = run(optimizer, from: [3], steps: 250, total: steps, record: { path.append($1[0]) }) { x, _ in x }
    #expect(zip(path, path.dropFirst()).allSatisfy { $1.magnitude <= $0.magnitude })
  }

  /// Minibatches of 9 of 10 examples: the second of each epoch has one. With the noise of a whole step it would heat the
  /// chain to 1.8. The target of `QuadraticObjective` is N(sum of the inputs / 11, 1 / 11) in each of 200 dimensions.
  @Test(arguments: [SGLD(learningRate: 0.03), PreconditionedSGLD(learningRate: 0.02, decay: 0.999)] as [any Optimizer])
  func theLastMinibatchOfAnEpochIsSmaller(optimizer: any Optimizer) throws {
    let (columns, steps, burnIn) = (200, 8000, 1000)
    let data: Examples<Double> = examples(.gaussian(scale: 1), rows: 10, inputs: columns, outputs: 1)
    let trainer = try Trainer(
      QuadraticObjective(parameterCount: columns),
      settings: TrainingSettings(optimizer: optimizer, batchSize: 9, steps: steps), data: data,
      key: RandomKey(seed: 2))
    let means = (0..<columns).map { column in (0..<10).reduce(0) { $0 + data.inputs[$1, column] } / 11 }
    var squares = 0.0
    while !trainer.isFinished {
      try trainer.step()
      guard trainer.state.step > burnIn else { continue }
      for (x, mean) in zip(trainer.state.parameters.array, means) { squares += (x - mean) * (x - mean) }
    }
    let variance = squares / Double(columns * (steps - burnIn))
    #expect(abs(variance * 11 - 1) < 0.15, "\(variance * 11)")
  }

  @Test func theCyclesOfThePaper() {
    let cycles = LangevinCycles(cycles: 4, exploration: 0.8)
    #expect(cycles.period(total: 102) == 26 && cycles.period(total: 100) == 25)
    #expect(cycles.explorationSteps(total: 100) == 20)
    // alpha_k for k = 1, 26, 51 (from 1) is the whole rate.
    for step in [0, 25, 50] { #expect(cycles.rateFactor(step: step, total: 100) == 1) }
    #expect(abs(cycles.rateFactor(step: 37, total: 100) - 0.5 * (cos(Double.pi * 12 / 25) + 1)) < 1e-15)
    #expect((0..<100).filter { cycles.isSampling(step: $0, total: 100) }.count == 20)
    #expect(cycles.isSampling(step: 45, total: 100) && !cycles.isSampling(step: 44, total: 100))
    #expect(LangevinCycles(cycles: 1, exploration: 0.99).explorationSteps(total: 3) == 2)
  }

  @Test func noiseIsThatOfTheKeyAlone() {
    let (n, rate) = (5000, 0.5)
    func one(_ seed: UInt64) -> [Float] {
      run(SGLD(learningRate: rate), from: Array(repeating: Float(0), count: n), steps: 1, examples: 4, seed: seed) {
        x, _ in x
      }.x
    }
    #expect(one(3) == one(3) && one(3) != one(4))
    let noise = Vector<Float>.normal(RandomKey(seed: 3).folded(0), count: n)
    #expect(zip(one(3), noise.array).allSatisfy { abs($0 + 0.5 * $1) < 1e-6 })
  }
}
