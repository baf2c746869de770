import Autodiff
import Probability
import Tensors

/// Samples of weights whose precision is a curvature and a prior's precision: w_s = mean + scale noise_s with
/// scale = 1 / sqrt(multiplier curvature + precision).
///
/// The noise is drawn block by block and not kept: the backward pass draws it again.
struct PrecisionDraw<Scalar: DensityScalar>: FusedOperation {
  let count: Int
  let sources: [NoiseSource]
  /// The precision of the prior.
  let precision: Double

  var samples: Int { sources.count }
  /// The samples, and the scale. The inputs are mean, curvature and multiplier.
  var shapes: [Shape] { Array(repeating: [count], count: samples) + [[count]] }
  var scaleResult: Int { samples }

  func run(_ frame: Frame<Scalar>) {
    let (mean, curvature, multiplier) = (frame.input(0), frame.input(1), frame.input(2)[0])
    let keys = sources.map { $0.key(frame.key) }
    withBlocks(2, of: Scalar.self) { memory, block in
      let noise = memory + block
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        let scale = frame.isNeeded(scaleResult) ? frame.result(scaleResult) + start : memory
        Scalar.inverseRoots(
          curvature + start, multiplier: multiplier, addend: Scalar(precision), into: scale, count: n)
        for (sample, key) in keys.enumerated() where frame.isNeeded(sample) {
          Scalar.fillNormal(key, offset: start, into: noise, count: n)
          Scalar.reparameterize(
            mean: mean + start, scale: scale, noise: noise, into: frame.result(sample) + start, count: n)
        }
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let scale = (inputs[1] * inputs[2] + Scalar(precision)).squareRoot().reciprocal()
    return sources.map { inputs[0] + scale * Variable<Scalar>.noise($0, shape: [count]) } + [scale]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    if cotangents[scaleResult] != nil { return pullBackDefinition(call.inputs, cotangents) }
    let flowing = cotangents[..<samples].map { $0 ?? .zeros([count]) }
    let results = PrecisionDrawGradient(value: self).results(call.inputs + [call.results[scaleResult]] + flowing)
    let toMultiplier = (results[1] * call.inputs[1]).sum() / call.inputs[2]
    return [
      results[0].reshaped(call.inputs[0].shape), results[1].reshaped(call.inputs[1].shape),
      toMultiplier.reshaped(call.inputs[2].shape),
    ]
  }
}

/// The gradients of a draw with respect to mean and curvature.
struct PrecisionDrawGradient<Scalar: DensityScalar>: FusedOperation {
  let value: PrecisionDraw<Scalar>

  var shapes: [Shape] { [[value.count], [value.count]] }

  func run(_ frame: Frame<Scalar>) {
    let (multiplier, scale) = (frame.input(2)[0], frame.input(3))
    let keys = value.sources.map { $0.key(frame.key) }
    withBlocks(1, of: Scalar.self) { noise, block in
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        let (toMean, toCurvature) = (frame.result(0) + start, frame.result(1) + start)
        for (sample, key) in keys.enumerated() {
          Scalar.fillNormal(key, offset: start, into: noise, count: n)
          Scalar.reparameterizeGradient(
            frame.input(4 + sample) + start, noise: noise, mean: toMean, scale: toCurvature, overwrite: sample == 0,
            count: n)
        }
        // d scale / d curvature = -multiplier scale^3 / 2
        Scalar.multiplyByCubes(scale + start, factor: -0.5 * multiplier, toCurvature, count: n)
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let results = value.definition(Array(inputs[..<3]))
    var inner = Variable<Scalar>.constant(0)
    for sample in 0..<value.samples { inner = inner + results[sample]!.dot(inputs[4 + sample]) }
    let gradients = gradient(of: inner, withRespectTo: Array(inputs[..<2]))
    return [gradients[0], gradients[1]]
  }
}

extension TensorScalar {
  /// y = 1 / sqrt(multiplier x + addend)
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  static func inverseRoots(
    _ x: UnsafePointer<Self>, multiplier: Self, addend: Self, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] = 1 / sqrt(addend.addingProduct(multiplier, x[i])) }
  }

  /// y = factor y x^3
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func multiplyByCubes(
    _ x: UnsafePointer<Self>, factor: Self, _ y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] *= factor * x[i] * x[i] * x[i] }
  }

  /// y = -2 y (multiplier x + addend)^2 / multiplier
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func curvatureEstimates(
    _ x: UnsafePointer<Self>, multiplier: Self, addend: Self, _ y: UnsafeMutablePointer<Self>, count: Int
  ) {
    let factor = -2 / multiplier
    for i in 0..<count {
      let precision = addend.addingProduct(multiplier, x[i])
      y[i] *= factor * precision * precision
    }
  }
}
