import BayesianNetworks
import Foundation
import Tensors
import Testing

/// Applies a rule to explicit numbers, with gradients given by `gradient(x, number)`.
func run<Scalar: TensorScalar>(
  _ optimizer: some Optimizer, from start: [Scalar], steps: Int, gradientScale: Double = 1, examples: Int = 1,
  total: Int? = nil, seed: UInt64 = 1, record: (Int, [Scalar]) -> Void = { _, _ in },
  gradient: ([Scalar], Int) -> [Scalar]
) -> (x: [Scalar], state: [Vector<Scalar>]) {
  var x = Vector(start)
  var state = (0..<optimizer.stateBuffers).map { _ in Vector<Scalar>(count: start.count) }
  for number in 0..<steps {
    let g = Vector(gradient(x.array, number))
    let base = x.unsafeMutablePointer()
    withExtendedLifetime(g) {
      optimizer.update(
        OptimizerStep(
          parameters: base, gradient: g.unsafePointer, count: start.count, gradientScale: gradientScale,
          number: number, total: total ?? steps, examples: examples, key: RandomKey(seed: seed).folded(number)),
        state: &state)
    }
    record(number, x.array)
  }
  return (x.array, state)
}

@Suite struct OptimizerTests {
  /// Three steps with gradients 1, 2, -1 (times a scale of 1/2) from x = 1, by hand.
  func threeSteps(_ optimizer: some Optimizer) -> [Double] {
    var path: [Double] = []
    _ = run(optimizer, from: [1.0], steps: 3, gradientScale: 0.5, record: { path.append($1[0]) }) { _, number in
      [[2, 4, -2][number]]
    }
    return path
  }

  func expect(_ found: [Double], _ expected: [Double], _ place: SourceLocation = #_sourceLocation) {
    #expect(
      zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 } && found.count == expected.count, "\(found)",
      sourceLocation: place)
  }

  @Test func gradientDescentByHand() {
    expect(threeSteps(SGD(learningRate: 0.1)), [0.9, 0.7, 0.8])
  }

  @Test func momentumByHand() {
    // v = 1, 2.5, 0.25
    expect(threeSteps(MomentumSGD(learningRate: 0.1, momentum: 0.5)), [0.9, 0.65, 0.625])
  }

  @Test func nesterovByHand() {
    // g + v / 2 = 1.5, 3.25, -0.875
    expect(
      threeSteps(MomentumSGD(learningRate: 0.1, momentum: 0.5, isNesterov: true)), [0.85, 0.525, 0.6125])
  }

  @Test func rootMeanSquareByHand() {
    // v = 0.5, 2.25, 1.625
    let roots = [0.5, 2.25, 1.625].map { $0.squareRoot() + 0.25 }
    let first = 1 - 0.1 / roots[0]
    let second = first - 0.2 / roots[1]
    expect(
      threeSteps(RMSProp(learningRate: 0.1, decay: 0.5, epsilon: 0.25)), [first, second, second + 0.1 / roots[2]])
  }

  /// Algorithm 1 of Kingma and Ba, step numbers and bias corrections included.
  @Test func adamFromItsFirstStep() {
    let adam = Adam(learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-3)
    func gradient(_ t: Int) -> [Double] { Vector.normal(RandomKey(seed: 9).folded(t), count: 3).array }
    var (y, first, second) = ([1.0, -2, 3], [0.0, 0, 0], [0.0, 0, 0])
    _ = run(
      adam, from: y, steps: 20, gradientScale: 0.5,
      record: { number, x in
        let (t, g) = (Double(number + 1), gradient(number).map { 0.5 * $0 })
        for i in 0..<3 {
          first[i] = 0.8 * first[i] + 0.2 * g[i]
          second[i] = 0.99 * second[i] + 0.01 * g[i] * g[i]
          let (mean, square) = (first[i] / (1 - pow(0.8, t)), second[i] / (1 - pow(0.99, t)))
          y[i] -= 0.1 * mean / (square.squareRoot() + 1e-3)
        }
        expect(x, y)
      }
    ) { gradient($1) }
  }

  /// With a gradient of 0 only the decay is left: x (1 - rate decay)^t. A decay inside the gradient would move x by about
  /// the learning rate.
  @Test func theDecayOfAdamWIsDecoupled() {
    let optimizer = AdamW(learningRate: 0.1, weightDecay: 0.2)
    expect(run(optimizer, from: [3.0, -5], steps: 4) { _, _ in [0, 0] }.x, [3 * pow(0.98, 4), -5 * pow(0.98, 4)])
    let plain = run(Adam(learningRate: 0.1), from: [3.0], steps: 1) { x, _ in x }.x[0]
    let decayed = run(optimizer, from: [3.0], steps: 1) { x, _ in x }.x[0]
    #expect(abs(plain - 0.06 - decayed) < 1e-12)
  }

  /// f(x) = sum a_i (x_i - b_i)^2 / 2 with a condition number of 100.
  @Test(
    arguments: [
      SGD(learningRate: 0.018), MomentumSGD(learningRate: 0.01, momentum: 0.8),
      MomentumSGD(learningRate: 0.005, momentum: 0.8, isNesterov: true), Adam(learningRate: 0.05),
      AdamW(learningRate: 0.05, weightDecay: 0), RMSProp(learningRate: 0.01),
    ] as [any Optimizer])
  func quadraticsAreMinimised(_ optimizer: any Optimizer) {
    func descend(_ optimizer: some Optimizer) -> [Double] {
      run(optimizer, from: [5.0, -3], steps: 4000) { x, _ in [x[0] - 1, 100 * (x[1] - 2)] }.x
    }
    let x = descend(optimizer)
    // RMSProp's steps stay about as long as its rate.
    let tolerance = optimizer is RMSProp ? 0.02 : 1e-6
    #expect(abs(x[0] - 1) < tolerance && abs(x[1] - 2) < tolerance, "\(x)")
  }

  @Test func floatsAndDoublesAgreeInEveryLane() {
    func both(_ optimizer: some Optimizer) {
      let start = Vector<Double>.normal(RandomKey(seed: 2), count: 4101).array
      let wide = run(optimizer, from: start, steps: 3, examples: 50) { x, n in x.map { $0 + Double(n) } }.x
      let narrow = run(optimizer, from: start.map { Float($0) }, steps: 3, examples: 50) { x, n in
        x.map { $0 + Float(n) }
      }.x
      #expect(zip(wide, narrow).allSatisfy { abs($0 - Double($1)) < 1e-4 * max(1, abs($0)) }, "\(optimizer)")
    }
    both(SGD())
    both(MomentumSGD(isNesterov: true))
    both(Adam())
    both(AdamW())
    both(RMSProp())
    both(SGLD())
    both(PreconditionedSGLD(epsilon: 0.1))
    both(CyclicalSGLD(cycles: LangevinCycles(cycles: 1, exploration: 0.3)))
  }
}
