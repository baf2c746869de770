import Autodiff
import Probability
package import Tensors

extension BilevelProblem {
  /// The hyperparameters that the training loss does not depend on: the weights cannot respond to them, and they have to be
  /// searched for by trials.
  ///
  /// Told by derivatives that are exactly 0 at a few random weights and hyperparameters.
  package func independentHyperparameters(around center: [Double], key: RandomKey, draws: Int = 3) -> [Int] {
    let rows = min(32, training.count)
    let weights = Variable<Scalar>.input([weightCount], name: "weights")
    let h = Variable<Scalar>.input([hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: rows, of: training)
    let loss = trainingLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    let program = Program(
      inputs: [weights, h, batch.inputs, batch.targets], outputs: gradient(of: loss, withRespectTo: [h]))
    let source = MinibatchSource(training, rows: rows, key: key.folded(0))
    var isIndependent = Array(repeating: true, count: hyperparameterCount)
    for draw in 0..<draws {
      let own = key.folded(1).folded(draw)
      var w = initialWeights(key: own.folded(0))
      let (base, noise) = (w.unsafeMutablePointer(), Vector<Scalar>.normal(own.folded(1), count: weightCount))
      withExtendedLifetime(noise) { Scalar.axpy(0.1, noise.unsafePointer, base, count: weightCount) }
      let moved = Vector(
        zip(center, Vector<Scalar>.normal(own.folded(2), count: hyperparameterCount).array).map {
          Scalar($0) + 0.1 * $1
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
        for i in 0..<hyperparameterCount where program.output(0)[i] != 0 { isIndependent[i] = false }
      }
    }
    return isIndependent.indices.filter { isIndependent[$0] }
  }
}
