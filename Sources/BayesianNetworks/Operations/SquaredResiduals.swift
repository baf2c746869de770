import Autodiff
import Probability
import Tensors

/// The sum of (output - target)^2. Where there are more outputs than targets, the targets repeat.
struct SquaredResiduals<Scalar: DensityScalar>: FusedOperation {
  let count: Int
  let targets: Int

  var shapes: [Shape] { [.scalar] }

  func run(_ frame: Frame<Scalar>) {
    var total = 0.0
    for start in stride(from: 0, to: count, by: targets) {
      total += Scalar.squaredResiduals(
        outputs: frame.input(0) + start, targets: frame.input(1), count: targets, gradient: nil, weight: 0)
    }
    frame.result(0)[0] = Scalar(total)
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let all = Variable.concatenated(Array(repeating: inputs[1], count: count / targets))
    return [(inputs[0] - all).squared().sum()]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let results = SquaredResidualsGradient(value: self).results(
      call.inputs + [c], equivalents: [(result: 1, of: call.results[0])])
    return [results[0].reshaped(call.inputs[0].shape), nil]
  }
}

/// 2 weight (output - target), and the sum of squares itself.
struct SquaredResidualsGradient<Scalar: DensityScalar>: FusedOperation {
  let value: SquaredResiduals<Scalar>

  var shapes: [Shape] { [[value.count], .scalar] }

  func run(_ frame: Frame<Scalar>) {
    var total = 0.0
    let weight = 2 * Double(frame.input(2)[0])
    for start in stride(from: 0, to: value.count, by: value.targets) {
      total += Scalar.squaredResiduals(
        outputs: frame.input(0) + start, targets: frame.input(1), count: value.targets,
        gradient: frame.result(0) + start, weight: weight)
    }
    if frame.isNeeded(1) { frame.result(1)[0] = Scalar(total) }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let result = value.definition(inputs)[0]!
    return [inputs[2] * gradient(of: result, withRespectTo: [inputs[0]])[0], result]
  }
}
