import Autodiff
import Probability
import Tensors

/// The sum of -log softmax(logits)[class] over the rows. Where there are more rows than classes, the classes repeat.
struct CrossEntropy<Scalar: DensityScalar>: FusedOperation {
  let rows: Int
  let columns: Int
  /// Rows for each time that the classes are gone through.
  let examples: Int

  /// The value; the gradient of its pullback is computed in the same pass.
  var shapes: [Shape] { [.scalar] }

  func run(_ frame: Frame<Scalar>) {
    var total = 0.0
    for start in stride(from: 0, to: rows, by: examples) {
      total += Scalar.crossEntropy(
        logits: frame.input(0) + start * columns, classes: frame.indices(1), rows: examples, columns: columns,
        gradient: nil, weight: 0)
    }
    frame.result(0)[0] = Scalar(total)
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let logits = inputs[0].reshaped([rows, columns])
    let chosen = inputs[1].oneHot(columns: columns)
    let all = Variable.concatenated(Array(repeating: chosen, count: rows / examples))
    return [-logits.logSoftmax().dot(all)]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let results = CrossEntropyGradient(value: self).results(
      call.inputs + [c], equivalents: [(result: 1, of: call.results[0])])
    return [results[0].reshaped(call.inputs[0].shape), nil]
  }
}

/// weight (softmax - one-hot), and the cross entropy itself.
struct CrossEntropyGradient<Scalar: DensityScalar>: FusedOperation {
  let value: CrossEntropy<Scalar>

  var shapes: [Shape] { [[value.rows, value.columns], .scalar] }

  func run(_ frame: Frame<Scalar>) {
    var total = 0.0
    let weight = Double(frame.input(2)[0])
    for start in stride(from: 0, to: value.rows, by: value.examples) {
      let place = start * value.columns
      total += Scalar.crossEntropy(
        logits: frame.input(0) + place, classes: frame.indices(1), rows: value.examples, columns: value.columns,
        gradient: frame.result(0) + place, weight: weight)
    }
    if frame.isNeeded(1) { frame.result(1)[0] = Scalar(total) }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let result = value.definition(inputs)[0]!
    return [inputs[2] * gradient(of: result, withRespectTo: [inputs[0]])[0], result]
  }
}
