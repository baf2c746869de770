import Autodiff
import Foundation
import Probability
import Tensors

/// Samples of a layer's weights, w_s = mean + softplus(rho) noise_s, and their part of the complexity.
///
/// The complexity is KL[q || p] in closed form, or its estimate from the samples, log q(w_s) - log p(w_s), averaged.
/// The noise is drawn block by block and not kept: the backward pass takes it from the samples, (w_s - mean) / scale.
/// That costs less than drawing it again, and it is the noise of the weights that the network had, also where those are
/// rounded. The estimate of the complexity has the squares of the noise as it was drawn. In the backward pass the
/// gradients that come from the network, the prior's part and the chain rule to mean and rho are one pass over memory.
struct GaussianDraw<Scalar: DensityScalar>: FusedOperation {
  enum Complexity: Sendable { case closed, sampled }

  let count: Int
  /// The noise of each sample.
  let sources: [NoiseSource]
  /// Samples in all: these are perhaps a part of them.
  let totalSamples: Int
  let prior: any Prior
  let complexity: Complexity

  /// The prior of a block of weights.
  func prior(from start: Int, count: Int) -> any Prior {
    prior.isUniform ? prior : prior.restricted(to: start..<(start + count))
  }

  var samples: Int { sources.count }
  /// This operation's part of what all samples share.
  var share: Double { Double(samples) / Double(totalSamples) }

  /// The samples, the complexity, softplus(rho), and the sum of the squares of all noise.
  var shapes: [Shape] { Array(repeating: [count], count: samples) + [.scalar, [count], .scalar] }
  var complexityResult: Int { samples }
  var scaleResult: Int { samples + 1 }
  var squaresResult: Int { samples + 2 }

  func run(_ frame: Frame<Scalar>) {
    let (mean, rho) = (frame.input(0), frame.input(1))
    let keys = sources.map { $0.key(frame.key) }
    var squares = 0.0
    withBlocks(2, of: Scalar.self) { memory, block in
      let (scale, noise) = (memory, memory + block)
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        let scale = frame.isNeeded(scaleResult) ? frame.result(scaleResult) + start : scale
        Scalar.softplus(rho + start, into: scale, count: n)
        for (sample, key) in keys.enumerated() {
          guard frame.isNeeded(sample) else { continue }
          Scalar.fillNormal(key, offset: start, into: noise, count: n)
          Scalar.reparameterize(
            mean: mean + start, scale: scale, noise: noise, into: frame.result(sample) + start, count: n)
          if frame.isNeeded(squaresResult) { squares += Scalar.sumOfSquares(noise, count: n) }
        }
      }
    }
    if frame.isNeeded(squaresResult) { frame.result(squaresResult)[0] = Scalar(squares) }
    if frame.isNeeded(complexityResult) {
      // Asked for by itself, without a gradient: the backward pass computes it beside the derivatives otherwise.
      frame.result(complexityResult)[0] = Scalar(complexityOnly(mean, rho, keys))
    }
  }

  private func complexityOnly(
    _ mean: UnsafePointer<Scalar>, _ rho: UnsafePointer<Scalar>, _ keys: [RandomKey]
  ) -> Double {
    var total = 0.0
    withBlocks(2, of: Scalar.self) { scale, block in
      let noise = scale + block
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        let prior = prior(from: start, count: n)
        Scalar.softplus(rho + start, into: scale, count: n)
        if complexity == .closed {
          total += share * prior.divergence(mean: mean + start, scale: scale, count: n, gradient: nil, weight: 0)
          continue
        }
        for key in keys {
          Scalar.fillNormal(key, offset: start, into: noise, count: n)
          total -= 0.5 * Scalar.sumOfSquares(noise, count: n) / Double(totalSamples)
          Scalar.reparameterize(mean: mean + start, scale: scale, noise: noise, into: noise, count: n)
          total -= prior.logDensity(noise, count: n, gradient: nil, weight: 0) / Double(totalSamples)
        }
        total += share * (Double(n) * Gaussian().logDensity(0) - Scalar.sumOfLogs(scale, count: n))
      }
    }
    return total
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let (mean, rho) = (inputs[0], inputs[1])
    let scale = rho.softplus()
    let noises = sources.map { Variable<Scalar>.noise($0, shape: [count]) }
    let weights = noises.map { mean + scale * $0 }
    let total: Variable<Scalar>
    switch complexity {
    case .closed: total = prior.divergence(mean: mean, scale: scale) * Scalar(share)
    case .sampled:
      let entropy = scale.log().sum() - Scalar(Double(count) * Gaussian().logDensity(0))
      var sum = -entropy * Scalar(share)
      for (noise, weight) in zip(noises, weights) {
        sum = sum - (noise.squared().sum() * 0.5 + prior.logDensity(weight)) * Scalar(1 / Double(totalSamples))
      }
      total = sum
    }
    return weights.map { $0.reshaped([count]) } + [total, scale.reshaped([count]), nil]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    let fromWeights = cotangents[..<samples]
    if cotangents[scaleResult] != nil { return pullBackDefinition(call.inputs, cotangents) }
    let hasWeights = fromWeights.contains { $0 != nil }
    let operation = GaussianDrawGradient(
      value: self, hasWeights: hasWeights, hasComplexity: cotangents[complexityResult] != nil)
    var inputs = call.inputs + [call.results[scaleResult], cotangents[complexityResult] ?? .constant(0)]
    if hasWeights {
      inputs += fromWeights.map { $0 ?? .zeros([count]) } + call.results[..<samples]
      if operation.isSampled { inputs.append(call.results[squaresResult]) }
    }
    let results = operation.results(
      inputs, equivalents: operation.hasComplexity ? [(result: 2, of: call.results[complexityResult])] : [])
    return [results[0].reshaped(call.inputs[0].shape), results[1].reshaped(call.inputs[1].shape)]
  }
}

/// The gradients of a draw with respect to mean and rho, and the complexity itself.
struct GaussianDrawGradient<Scalar: DensityScalar>: FusedOperation {
  let value: GaussianDraw<Scalar>
  let hasWeights: Bool
  let hasComplexity: Bool

  /// Whether the prior's part comes from the samples.
  var isSampled: Bool { hasComplexity && value.complexity == .sampled }

  var shapes: [Shape] { [[value.count], [value.count], .scalar] }

  func run(_ frame: Frame<Scalar>) {
    if isSampled, hasWeights, value.samples <= 2 { return runFused(frame) }
    let (mean, scale) = (frame.input(0), frame.input(2))
    let weight = Double(frame.input(3)[0])
    let keys = hasWeights ? [] : value.sources.map { $0.key(frame.key) }
    // log p of the samples, or the divergence; and the squares of the noise.
    var (total, squares) = (0.0, 0.0)
    withBlocks(3, of: Scalar.self) { gradient, block in
      let (noise, sampled) = (gradient + block, gradient + 2 * block)
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        let (mean, scale) = (mean + start, scale + start)
        let (toMean, toScale) = (frame.result(0) + start, frame.result(1) + start)
        if hasWeights {
          for sample in 0..<value.samples {
            var flowing = frame.input(4 + sample) + start
            let w = frame.input(4 + value.samples + sample) + start
            if isSampled {
              Scalar.copy(flowing, into: gradient, count: n)
              total += logDensity(from: start, w, gradient, weight, n)
              flowing = UnsafePointer(gradient)
            }
            Scalar.reparameterizeGradient(
              flowing, sample: w, mean: mean, scale: scale, mean: toMean, scale: toScale, overwrite: sample == 0,
              count: n)
          }
        } else {
          Scalar.fill(toMean, with: 0, count: n)
          Scalar.fill(toScale, with: 0, count: n)
          for key in isSampled ? keys : [] {
            Scalar.fillNormal(key, offset: start, into: noise, count: n)
            squares += Scalar.sumOfSquares(noise, count: n)
            Scalar.reparameterize(mean: mean, scale: scale, noise: noise, into: sampled, count: n)
            Scalar.fill(gradient, with: 0, count: n)
            total += logDensity(from: start, sampled, gradient, weight, n)
            Scalar.reparameterizeGradient(
              gradient, noise: noise, mean: toMean, scale: toScale, overwrite: false, count: n)
          }
        }
        if hasComplexity, value.complexity == .closed {
          total += value.prior(from: start, count: n).divergence(
            mean: mean, scale: scale, count: n, gradient: (toMean, toScale), weight: weight * value.share)
        }
        if isSampled {
          // log q(w) of a reparameterised sample is -log scale - noise^2 / 2 + constant: nothing reaches the mean, and
          // the scale gets the same from every sample.
          Scalar.entropyGradient(scale: scale, toScale, weight: weight * value.share, count: n)
        }
        Scalar.softplusGradient(output: scale, toScale, count: n)
      }
    }
    guard frame.isNeeded(2) else { return }
    if isSampled {
      if hasWeights { squares = Double(frame.input(4 + 2 * value.samples)[0]) }
      total = sampledComplexity(total, squares, Scalar.sumOfLogs(scale, count: value.count))
    } else {
      total *= value.share
    }
    frame.result(2)[0] = Scalar(total)
  }

  /// The complexity from log p of the samples, the squares of their noise and the logarithms of the scales, all summed.
  private func sampledComplexity(_ logPrior: Double, _ squares: Double, _ logScales: Double) -> Double {
    -(logPrior + 0.5 * squares) / Double(value.totalSamples)
      + value.share * (Double(value.count) * Gaussian().logDensity(0) - logScales)
  }

  /// One or two samples and the sampled complexity, as in most trainings, with one loop for everything.
  private func runFused(_ frame: Frame<Scalar>) {
    let weight = Double(frame.input(3)[0])
    let gaussian = value.prior as? GaussianPrior
    let share = weight / Double(value.totalSamples)
    let prior: (mean: Scalar, precision: Scalar) =
      gaussian.map { (Scalar($0.mean), Scalar(share / ($0.scale * $0.scale))) } ?? (0, 0)
    let entropy = Scalar(weight * value.share)
    var (logPrior, logScales) = (0.0, 0.0)
    withBlocks(2, of: Scalar.self) { gradients, block in
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        /// The sample, and its gradient, with the prior's part where that is no Gaussian.
        func sample(_ index: Int) -> (w: UnsafePointer<Scalar>, gradient: UnsafePointer<Scalar>) {
          let flowing = frame.input(4 + index) + start
          let w = frame.input(4 + value.samples + index) + start
          guard gaussian == nil else { return (w, flowing) }
          let gradient = gradients + index * block
          Scalar.copy(flowing, into: gradient, count: n)
          logPrior += logDensity(from: start, w, gradient, weight, n)
          return (w, UnsafePointer(gradient))
        }
        let (mean, scale) = (frame.input(0) + start, frame.input(2) + start)
        let (toMean, toRho) = (frame.result(0) + start, frame.result(1) + start)
        let first = sample(0)
        if value.samples == 1 {
          Scalar.sampledGaussianGradient(
            first.gradient, sample: first.w, mean: mean, scale: scale, prior: prior, entropy: entropy, mean: toMean,
            rho: toRho, count: n)
        } else {
          let second = sample(1)
          Scalar.sampledGaussianGradient(
            (first.gradient, second.gradient), samples: (first.w, second.w), mean: mean, scale: scale, prior: prior,
            entropy: entropy, mean: toMean, rho: toRho, count: n)
          if let gaussian { logPrior += gaussian.logDensity(second.w, count: n, gradient: nil, weight: 0) }
        }
        if let gaussian { logPrior += gaussian.logDensity(first.w, count: n, gradient: nil, weight: 0) }
        logScales += Scalar.sumOfLogs(scale, count: n)
      }
    }
    guard frame.isNeeded(2) else { return }
    frame.result(2)[0] = Scalar(
      sampledComplexity(logPrior, Double(frame.input(4 + 2 * value.samples)[0]), logScales))
  }

  /// log p(w) of a block of a sample, which starts at some weight; the gradient of its part of the complexity is added.
  private func logDensity(
    from start: Int, _ w: UnsafePointer<Scalar>, _ gradient: UnsafeMutablePointer<Scalar>, _ weight: Double,
    _ count: Int
  ) -> Double {
    value.prior(from: start, count: count).logDensity(
      w, count: count, gradient: gradient, weight: -weight / Double(value.totalSamples))
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let parameters = Array(inputs[..<2])
    let results = value.definition(parameters)
    var inner = Variable<Scalar>.constant(0)
    if hasWeights {
      for sample in 0..<value.samples { inner = inner + results[sample]!.dot(inputs[4 + sample]) }
    }
    let complexity = results[value.complexityResult]!
    if hasComplexity { inner = inner + complexity * inputs[3] }
    let gradients = gradient(of: inner, withRespectTo: parameters)
    return [gradients[0], gradients[1], hasComplexity ? complexity : nil]
  }
}

/// Calls `body` with memory for some blocks of numbers, and the length of a block: what passes over the weights work on
/// at a time, so that they meet in the first caches. A block is some pages long, because the processor reads ahead
/// within a page.
@inline(__always)
func withBlocks<Scalar>(
  _ blocks: Int, of: Scalar.Type, _ body: (UnsafeMutablePointer<Scalar>, Int) -> Void
) {
  let block = 4096
  // Memory of more than the usual alignment is slow to get.
  withUnsafeTemporaryAllocation(byteCount: blocks * block * MemoryLayout<Scalar>.stride + 64, alignment: 16) { memory in
    let aligned = memory.baseAddress.unsafelyUnwrapped.alignedUp(toMultipleOf: 64)
    body(aligned.bindMemory(to: Scalar.self, capacity: blocks * block), block)
  }
}
