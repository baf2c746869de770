import Autodiff
import Probability
import Tensors

/// Samples of activations, mean + sqrt(variance + floor) noise: the local reparameterisation (Kingma et al. 2015, eq. 6).
///
/// The floor keeps the derivative of the root finite where a variance is 0. Where there are several samples, they share
/// mean and variance and lie one after another. The noise is drawn again in the backward pass.
struct GaussianActivation<Scalar: DensityScalar>: FusedOperation {
  let count: Int
  let samples: Int
  let source: NoiseSource

  static var floor: Scalar { 1e-16 }

  var shapes: [Shape] { [[samples * count]] }

  func run(_ frame: Frame<Scalar>) {
    let key = source.key(frame.key)
    withBlocks(1, of: Scalar.self) { noise, block in
      for sample in 0..<samples {
        for start in stride(from: 0, to: count, by: block) {
          let n = min(block, count - start)
          source.fill(noise, key: key, offset: sample * count + start, count: n)
          Scalar.reparameterize(
            mean: frame.input(0) + start, variance: frame.input(1) + start, floor: Self.floor, noise: noise,
            into: frame.result(0) + sample * count + start, count: n)
        }
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let root = (inputs[1] + Self.floor).squareRoot()
    let noise = Variable<Scalar>.noise(source, shape: [samples * count])
    return [
      .concatenated((0..<samples).map { inputs[0] + root * noise.slice(from: $0 * count, shape: [count]) })
    ]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let results = GaussianActivationGradient(value: self).results([call.inputs[1], c])
    return [
      samples == 1 ? c.reshaped(call.inputs[0].shape) : results[1].reshaped(call.inputs[0].shape),
      results[0].reshaped(call.inputs[1].shape),
    ]
  }
}

/// The gradients of sampled activations with respect to variance and mean.
struct GaussianActivationGradient<Scalar: DensityScalar>: FusedOperation {
  let value: GaussianActivation<Scalar>

  var shapes: [Shape] { [[value.count], [value.count]] }

  func run(_ frame: Frame<Scalar>) {
    let count = value.count
    let key = value.source.key(frame.key)
    let (variance, c) = (frame.input(0), frame.input(1))
    withBlocks(2, of: Scalar.self) { noise, block in
      let other = noise + block
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        for sample in 0..<value.samples {
          let flowing = c + sample * count + start
          value.source.fill(noise, key: key, offset: sample * count + start, count: n)
          let target = sample == 0 ? frame.result(0) + start : other
          Scalar.reparameterizeVarianceGradient(
            flowing, variance: variance + start, floor: GaussianActivation<Scalar>.floor, noise: noise, into: target,
            count: n)
          if sample > 0 { Scalar.axpy(1, other, frame.result(0) + start, count: n) }
          guard frame.isNeeded(1) else { continue }
          if sample == 0 {
            Scalar.copy(flowing, into: frame.result(1) + start, count: n)
          } else {
            Scalar.axpy(1, flowing, frame.result(1) + start, count: n)
          }
        }
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let count = value.count
    let slope = (inputs[0] + GaussianActivation<Scalar>.floor).squareRoot().reciprocal() * 0.5
    let noise = Variable<Scalar>.noise(value.source, shape: [value.samples * count])
    let parts = (0..<value.samples).map { inputs[1].slice(from: $0 * count, shape: [count]) }
    let noises = (0..<value.samples).map { noise.slice(from: $0 * count, shape: [count]) }
    return [.sum(of: zip(parts, noises).map { $0 * $1 }) * slope, .sum(of: parts)]
  }
}
