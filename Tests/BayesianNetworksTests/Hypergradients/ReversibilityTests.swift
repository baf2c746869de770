import BayesianNetworks
import Foundation
import Tensors
import Testing

/// Steps of momentum descent that are undone bit for bit.
@Suite struct ReversibilityTests {
  /// 150 steps on minibatches of a network with dropout, momentum 0.9, in single precision.
  @Test(arguments: [0.9, 0.5, 0.001, 0]) func theReversalEndsAtTheInitialWeights(momentum: Double) throws {
    let problem = noisyNetworkProblem()
    let key = RandomKey(seed: 3)
    let method = UnrolledHypergradient(MomentumDescent(learningRate: 0.1, momentum: momentum, steps: 150))
    let estimator = try UnrolledEstimator(method, problem, batches: BatchSizes(training: 8, validation: 10), key: key)
    var state = estimator.initialState()
    let start = state.weights
    let point = Vector<Float>([0.1, -0.2, -0.5])
    var gradient = Vector<Float>(count: 3)
    for step in 0..<2 {
      _ = try estimator.estimate(
        hyperparameters: point.unsafePointer, step: step, state: &state, gradient: gradient.unsafeMutablePointer())
      #expect(estimator.startingWeights() == start)
      #expect(estimator.isAtStart)
      #expect(state.weights != start)
    }
    withExtendedLifetime(point) {}
    #expect(gradient.doubles.allSatisfy { $0.isFinite && $0 != 0 })
  }

  /// Numbers of both signs come back through many products, and what is stored is little: log2(1 / 0.9) = 0.152 bits for
  /// each of them and each step.
  @Test func productsAreUndone() {
    let count = 200
    let key = RandomKey(seed: 9)
    for fraction in [0.9, 0.3, 0.999, 1e-5] {
      var stack = RemainderStack(fraction: fraction, count: count)
      var numbers = (0..<count).map { Int64(bitPattern: key.bits(UInt64($0))) >> 12 }
      let start = numbers
      var history: [[Int64]] = []
      let steps = 1000
      for step in 0..<steps {
        history.append(numbers)
        let before = numbers
        stack.multiply(&numbers)
        let exact = zip(before, numbers).allSatisfy { abs(Double($0) * stack.value - Double($1)) < 4_097 }
        #expect(exact, "step \(step) of \(fraction)")
        // A gradient, so that the velocity does not die.
        for i in numbers.indices { numbers[i] += Int64(bitPattern: key.folded(step).bits(UInt64(i))) >> 16 }
      }
      if fraction == 0.9 {
        let bits = Double(stack.overflowCount) * 32 / Double(count * steps)
        #expect(bits > 0.12 && bits < 0.153)
      }
      #expect(!stack.isEmpty)
      for step in stride(from: steps - 1, through: 0, by: -1) {
        for i in numbers.indices { numbers[i] -= Int64(bitPattern: key.folded(step).bits(UInt64(i))) >> 16 }
        stack.divide(&numbers)
        #expect(numbers == history[step])
      }
      #expect(numbers == start && stack.isEmpty)
    }
  }
}
