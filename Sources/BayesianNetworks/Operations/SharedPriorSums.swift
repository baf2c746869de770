import Autodiff
import Probability
import Tensors

/// The sums from which a prior is fitted to a layer's posterior, and its divergence follows: those of mu, of
/// mu^2 + sigma^2 and of log sigma, with sigma = softplus(rho).
struct SharedPriorSums<Scalar: DensityScalar>: FusedOperation {
  let count: Int

  var shapes: [Shape] { [[3]] }

  func run(_ frame: Frame<Scalar>) {
    let (mean, rho) = (frame.input(0), frame.input(1))
    var sums = (0.0, 0.0, 0.0)
    withBlocks(1, of: Scalar.self) { scale, block in
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        Scalar.softplus(rho + start, into: scale, count: n)
        sums.0 += Scalar.sum(mean + start, count: n)
        sums.1 += Scalar.sumOfSquares(mean + start, count: n) + Scalar.sumOfSquares(scale, count: n)
        sums.2 += Scalar.sumOfLogs(scale, count: n)
      }
    }
    let result = frame.result(0)
    (result[0], result[1], result[2]) = (Scalar(sums.0), Scalar(sums.1), Scalar(sums.2))
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let scale = inputs[1].softplus()
    return [
      .concatenated([
        inputs[0].sum(), inputs[0].squared().sum() + scale.squared().sum(), scale.log().sum(),
      ])
    ]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let results = SharedPriorSumsGradient(value: self).results(call.inputs + [c])
    return zip(results, call.inputs).map { $0.reshaped($1.shape) }
  }
}

/// The gradients of the sums with respect to mean and rho.
struct SharedPriorSumsGradient<Scalar: DensityScalar>: FusedOperation {
  let value: SharedPriorSums<Scalar>

  var shapes: [Shape] { [[value.count], [value.count]] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    let (mean, rho, c) = (frame.input(0), frame.input(1), frame.input(2))
    withBlocks(2, of: Scalar.self) { scale, block in
      let toScale = scale + block
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        if frame.isNeeded(0) {
          let toMean = frame.result(0) + start
          if frame.accumulates(0) {
            // The constant is added through a block of it.
            Scalar.fill(toScale, with: c[0], count: n)
            Scalar.axpy(1, toScale, toMean, count: n)
          } else {
            Scalar.fill(toMean, with: c[0], count: n)
          }
          Scalar.axpy(2 * c[1], mean + start, toMean, count: n)
        }
        guard frame.isNeeded(1) else { continue }
        let toRho = frame.result(1) + start
        Scalar.softplus(rho + start, into: scale, count: n)
        Scalar.fill(toScale, with: 0, count: n)
        Scalar.axpy(2 * c[1], scale, toScale, count: n)
        Scalar.entropyGradient(scale: scale, toScale, weight: -Double(c[2]), count: n)
        Scalar.softplusGradient(output: scale, toScale, count: n)
        if frame.accumulates(1) {
          Scalar.axpy(1, toScale, toRho, count: n)
        } else {
          Scalar.copy(toScale, into: toRho, count: n)
        }
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let parameters = Array(inputs[..<2])
    return gradient(of: value.definition(parameters)[0]!.dot(inputs[2]), withRespectTo: parameters)
  }
}
