import Autodiff
import Probability
import Tensors

/// Samples of a region's weights from the radial posterior (Farquhar, Osborne and Gal 2020, eq. 3):
/// w_s = mean + softplus(rho) noise_s |r_s| / |noise_s|.
///
/// The noise is drawn block by block and not kept: once for its length, once for the weights, and again in the backward
/// pass. What is kept is |r_s| / |noise_s|, one number a sample.
struct RadialDraw<Scalar: DensityScalar>: FusedOperation {
  let count: Int
  /// The direction's noise of each sample; its distance has the same labels and one more.
  let sources: [NoiseSource]

  var samples: Int { sources.count }
  /// The samples, the sum of the scales' logarithms, the factors |r_s| / |noise_s|, and the scales.
  var shapes: [Shape] { Array(repeating: [count], count: samples) + [.scalar, [samples], [count]] }
  var logScalesResult: Int { samples }
  var factorsResult: Int { samples + 1 }
  var scaleResult: Int { samples + 2 }

  private func distance(_ source: NoiseSource) -> NoiseSource {
    NoiseSource(.normal, labels: source.labels + [1 << 34])
  }

  func run(_ frame: Frame<Scalar>) {
    let (mean, rho) = (frame.input(0), frame.input(1))
    let keys = sources.map { $0.key(frame.key) }
    let factors = sources.map { factor($0, frame.key) }
    if frame.isNeeded(factorsResult) {
      for (sample, factor) in factors.enumerated() { frame.result(factorsResult)[sample] = factor }
    }
    var total = 0.0
    withBlocks(2, of: Scalar.self) { memory, block in
      let noise = memory + block
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        let scale = frame.isNeeded(scaleResult) ? frame.result(scaleResult) + start : memory
        Scalar.softplus(rho + start, into: scale, count: n)
        if frame.isNeeded(logScalesResult) { total += Scalar.sumOfLogs(scale, count: n) }
        for sample in 0..<samples where frame.isNeeded(sample) {
          Scalar.fillNormal(keys[sample], offset: start, into: noise, count: n)
          Scalar.scale(noise, by: factors[sample], count: n)
          Scalar.reparameterize(
            mean: mean + start, scale: scale, noise: noise, into: frame.result(sample) + start, count: n)
        }
      }
    }
    if frame.isNeeded(logScalesResult) { frame.result(logScalesResult)[0] = Scalar(total) }
  }

  /// |r| / |noise|
  private func factor(_ source: NoiseSource, _ run: RandomKey) -> Scalar {
    let key = source.key(run)
    var squares = 0.0
    var radius: Scalar = 0
    withBlocks(1, of: Scalar.self) { noise, block in
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        Scalar.fillNormal(key, offset: start, into: noise, count: n)
        squares += Scalar.sumOfSquares(noise, count: n)
      }
      distance(source).fill(noise, key: distance(source).key(run), count: 1)
      radius = noise[0].magnitude
    }
    return radius / Scalar(max(squares.squareRoot(), .leastNormalMagnitude))
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let (mean, rho) = (inputs[0], inputs[1])
    let scale = rho.softplus()
    var (weights, factors): ([Variable<Scalar>], [Variable<Scalar>]) = ([], [])
    for source in sources {
      let noise = Variable<Scalar>.noise(source, shape: [count])
      let factor =
        Variable<Scalar>.noise(distance(source), shape: .scalar).magnitude() / noise.squared().sum().squareRoot()
      weights.append(mean + scale * (noise * factor))
      factors.append(factor)
    }
    return weights + [scale.log().sum(), .concatenated(factors), scale]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    if cotangents[scaleResult] != nil { return pullBackDefinition(call.inputs, cotangents) }
    let fromWeights = cotangents[..<samples]
    let hasWeights = fromWeights.contains { $0 != nil }
    let fromLogScales = cotangents[logScalesResult]
    guard hasWeights || fromLogScales != nil else { return [nil, nil] }
    let operation = RadialDrawGradient(value: self, hasWeights: hasWeights)
    var inputs =
      call.inputs + [call.results[scaleResult], call.results[factorsResult], fromLogScales ?? .constant(0)]
    if hasWeights { inputs += fromWeights.map { $0 ?? .zeros([count]) } }
    let results = operation.results(inputs)
    return [results[0].reshaped(call.inputs[0].shape), results[1].reshaped(call.inputs[1].shape)]
  }
}

/// The gradients of a radial draw with respect to mean and rho.
struct RadialDrawGradient<Scalar: DensityScalar>: FusedOperation {
  let value: RadialDraw<Scalar>
  let hasWeights: Bool

  var shapes: [Shape] { [[value.count], [value.count]] }

  func run(_ frame: Frame<Scalar>) {
    let (scale, factors, weight) = (frame.input(2), frame.input(3), Double(frame.input(4)[0]))
    let keys = value.sources.map { $0.key(frame.key) }
    withBlocks(1, of: Scalar.self) { noise, block in
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        let (toMean, toScale) = (frame.result(0) + start, frame.result(1) + start)
        if !hasWeights {
          Scalar.fill(toMean, with: 0, count: n)
          Scalar.fill(toScale, with: 0, count: n)
        }
        for sample in 0..<(hasWeights ? keys.count : 0) {
          Scalar.fillNormal(keys[sample], offset: start, into: noise, count: n)
          Scalar.scale(noise, by: factors[sample], count: n)
          Scalar.reparameterizeGradient(
            frame.input(5 + sample) + start, noise: noise, mean: toMean, scale: toScale, overwrite: sample == 0,
            count: n)
        }
        Scalar.entropyGradient(scale: scale + start, toScale, weight: -weight, count: n)
        Scalar.softplusGradient(output: scale + start, toScale, count: n)
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let parameters = Array(inputs[..<2])
    let results = value.definition(parameters)
    var inner = results[value.logScalesResult]! * inputs[4]
    if hasWeights {
      for sample in 0..<value.samples { inner = inner + results[sample]!.dot(inputs[5 + sample]) }
    }
    let gradients = gradient(of: inner, withRespectTo: parameters)
    return [gradients[0], gradients[1]]
  }
}
