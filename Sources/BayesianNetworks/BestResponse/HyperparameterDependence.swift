import Autodiff
import Probability
package import Tensors

extension BilevelProblem {
  /// The hyperparameters that the training loss does not depend on: the weights cannot respond to them.
  ///
  /// Told by derivatives that are exactly 0 for a few examples, at random weights and hyperparameters: in turn near a
  /// point and near 0. Far away from 0 a loss may be flat in single precision: relaxed masks of a rate near 0 or 1 are.
  package func independentHyperparameters(around center: [Double], key: RandomKey) -> [Int] {
    independent(of: trainingLoss, training, around: center, key: key)
  }

  /// The hyperparameters that neither loss depends on: the best response is the same for all of their values, and so is
  /// Q. Where Q alone depends on one, its derivative at the weights as they are is all of the hypergradient.
  package func ineffectiveHyperparameters(around center: [Double], key: RandomKey) -> [Int] {
    let silent = independentHyperparameters(around: center, key: key.folded(0))
    guard !silent.isEmpty else { return [] }
    let direct = independent(of: validationLoss, validation, around: center, key: key.folded(1))
    return silent.filter(direct.contains)
  }

  private typealias Loss = (ExampleVariables<Scalar>, Variable<Scalar>, Variable<Scalar>, [Int]) -> Variable<Scalar>

  private func independent(
    of loss: Loss, _ examples: Examples<Scalar>, around center: [Double], key: RandomKey
  ) -> [Int] {
    let rows = self is any UndividedProblem ? examples.count : min(32, examples.count)
    let weights = Variable<Scalar>.input([weightCount], name: "weights")
    let h = Variable<Scalar>.input([hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: rows, of: examples)
    let program = Program(
      inputs: [weights, h, batch.inputs, batch.targets],
      outputs: gradient(of: loss(batch, weights, h, [0]), withRespectTo: [h]))
    let source = MinibatchSource(examples, rows: rows, key: key.folded(0))
    var independent = Array(0..<hyperparameterCount)
    for draw in 0..<8 where !independent.isEmpty {
      let own = key.folded(1).folded(draw)
      var w = initialWeights(key: own.folded(0))
      let (base, noise) = (w.unsafeMutablePointer(), Vector<Scalar>.normal(own.folded(1), count: weightCount))
      withExtendedLifetime(noise) { Scalar.axpy(0.1, noise.unsafePointer, base, count: weightCount) }
      let isNear = draw.isMultiple(of: 2)
      let moved = Vector(
        zip(center, Vector<Scalar>.normal(own.folded(2), count: hyperparameterCount).array).map {
          isNear ? Scalar($0) + 0.1 * $1 : $1
        })
      let (inputs, targets) = source.minibatch(step: draw)
      withExtendedLifetime((w, moved)) {
        program.bind(input: 0, to: UnsafePointer(base))
        program.bind(input: 1, to: moved.unsafePointer)
        program.bind(input: 2, to: inputs)
        switch targets {
        case .values(let values): program.bind(input: 3, to: values)
        case .classes(let classes): program.bind(input: 3, to: classes)
        }
        program.run(key: own.folded(3))
        independent.removeAll { program.output(0)[$0] != 0 }
      }
    }
    return independent
  }
}
