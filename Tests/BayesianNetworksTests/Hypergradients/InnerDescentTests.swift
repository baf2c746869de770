import BayesianNetworks
import Tensors
import Testing

/// The steps of the weights between two steps of the hyperparameters.
@Suite struct InnerDescentTests {
  private let gradients: [[Double]] = (0..<400).map { (step: Int) -> [Double] in
    [1 + 0.1 * Double(step % 3), -0.02, 30 - Double(step % 2), 1e-4]
  }

  /// The weights after all gradients, where the last one is moved by so much in every place.
  private func weights(_ descent: some InnerDescent, moved: Double) -> (weights: [Double], state: [Double]) {
    var weights = [1.0, 2, 3, 4]
    var state = Array(repeating: 0.0, count: 4 * descent.statePerWeight)
    for (number, gradient) in gradients.enumerated() {
      let isLast = number == gradients.count - 1
      let own = gradient.map { $0 * (isLast ? 1 + moved : 1) }
      descent.step(&weights, state: &state, gradient: own, count: 4, number: number)
    }
    return (weights, state)
  }

  private func check(_ descent: some InnerDescent, tolerance: Double) {
    let step = 1e-5
    let (up, down) = (weights(descent, moved: step).weights, weights(descent, moved: -step).weights)
    let state = weights(descent, moved: 0).state
    var lengths = [1.0, 1, 1, 1]
    descent.scale(&lengths, state: state, count: 4, number: gradients.count - 1)
    for index in 0..<4 {
      let last = gradients[gradients.count - 1][index]
      let slope = -(up[index] - down[index]) / (2 * step * last)
      #expect(abs(lengths[index] - slope) <= tolerance * abs(slope), "\(lengths[index]) for \(slope)")
    }
  }

  @Test func theLengthOfAStepOfMomentum() {
    check(MomentumDescent(learningRate: 0.3, momentum: 0.7, steps: 1), tolerance: 1e-6)
  }

  /// Adam's second moment moves with the gradient as well, by a part of 1 - beta2.
  @Test func theLengthOfAStepOfAdam() {
    check(AdamDescent(Adam(learningRate: 0.1, beta1: 0.9, beta2: 0.9999), steps: 1), tolerance: 0.03)
  }

  @Test func stepsOfAdamAreTheOptimisers() {
    let adam = Adam(learningRate: 0.1)
    let (found, _) = weights(AdamDescent(adam, schedule: .cosine(steps: 500), steps: 1), moved: 0)
    var (weights, state) = ([1.0, 2, 3, 4], [Vector<Double>(count: 4), Vector<Double>(count: 4)])
    for (number, gradient) in gradients.enumerated() {
      weights.withUnsafeMutableBufferPointer { memory in
        gradient.withUnsafeBufferPointer { gradient in
          adam.update(
            OptimizerStep(
              parameters: memory.baseAddress!, gradient: gradient.baseAddress!, count: 4,
              rateFactor: LearningRateSchedule.cosine(steps: 500).factor(step: number), number: number), state: &state)
        }
      }
    }
    #expect(found == weights)
  }
}
