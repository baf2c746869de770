import Autodiff
import Probability
import Tensors

/// log p(w), summed over the weights.
struct PriorDensity<Scalar: DensityScalar>: FusedOperation {
  let prior: any Prior
  let count: Int

  var shapes: [Shape] { [.scalar] }

  func run(_ frame: Frame<Scalar>) {
    frame.result(0)[0] = Scalar(prior.logDensity(frame.input(0), count: count, gradient: nil, weight: 0))
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] { [prior.logDensity(inputs[0])] }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil] }
    let results = PriorDensityGradient(value: self).results(
      call.inputs + [c], equivalents: [(result: 1, of: call.results[0])])
    return [results[0].reshaped(call.inputs[0].shape)]
  }
}

/// weight d log p(w) / dw, and log p(w) itself.
struct PriorDensityGradient<Scalar: DensityScalar>: FusedOperation {
  let value: PriorDensity<Scalar>

  var shapes: [Shape] { [[value.count], .scalar] }
  func canAccumulate(_ result: Int) -> Bool { result == 0 }

  func run(_ frame: Frame<Scalar>) {
    if !frame.accumulates(0) { Scalar.fill(frame.result(0), with: 0, count: value.count) }
    let density = value.prior.logDensity(
      frame.input(0), count: value.count, gradient: frame.result(0), weight: Double(frame.input(1)[0]))
    if frame.isNeeded(1) { frame.result(1)[0] = Scalar(density) }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let density = value.prior.logDensity(inputs[0])
    return [inputs[1] * gradient(of: density, withRespectTo: [inputs[0]])[0], density]
  }
}
