import Autodiff
import Probability
import Tensors

/// A layer's scales and variances from its rhos, scale = softplus(rho), with the divergence from the prior in closed form
/// where it has one.
///
/// The backward pass brings the gradients of scales and variances, that of the divergence and the chain rule to rho together
/// in one pass over memory.
struct VariationalScale<Scalar: DensityScalar>: FusedOperation {
  let count: Int
  let prior: any Prior

  /// KL[N(mean, scale^2) || p] of a block of weights, which starts at some weight; see `Prior`.
  func divergence(
    from start: Int, mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)? = nil, weight: Double = 0
  ) -> Double {
    let prior = prior.isUniform ? prior : prior.restricted(to: start..<(start + count))
    return prior.divergence(mean: mean, scale: scale, count: count, gradient: gradient, weight: weight)
  }

  /// scale, scale^2 and KL[N(mean, scale^2) || p].
  var shapes: [Shape] { [[count], [count], .scalar] }

  func run(_ frame: Frame<Scalar>) {
    let (mean, rho) = (frame.input(0), frame.input(1))
    var total = 0.0
    withBlocks(1, of: Scalar.self) { memory, block in
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        let scale = frame.isNeeded(0) ? frame.result(0) + start : memory
        Scalar.softplus(rho + start, into: scale, count: n)
        if frame.isNeeded(1) { Scalar.square(scale, into: frame.result(1) + start, count: n) }
        if frame.isNeeded(2) {
          total += divergence(from: start, mean: mean + start, scale: scale, count: n)
        }
      }
    }
    if frame.isNeeded(2) { frame.result(2)[0] = Scalar(total) }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let scale = inputs[1].softplus()
    let divergence = prior.hasClosedDivergence ? prior.divergence(mean: inputs[0], scale: scale) : nil
    return [scale, scale.squared(), divergence]
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    let operation = VariationalScaleGradient(
      value: self, hasScale: cotangents[0] != nil, hasVariance: cotangents[1] != nil,
      hasDivergence: cotangents[2] != nil)
    let inputs = call.inputs + [call.results[0]] + cotangents.compactMap { $0 }
    let results = operation.results(
      inputs, equivalents: operation.hasDivergence ? [(result: 2, of: call.results[2])] : [])
    return [
      operation.hasDivergence ? results[0].reshaped(call.inputs[0].shape) : nil,
      results[1].reshaped(call.inputs[1].shape),
    ]
  }
}

/// The gradients of scales, variances and divergence with respect to mean and rho, and the divergence itself.
struct VariationalScaleGradient<Scalar: DensityScalar>: FusedOperation {
  let value: VariationalScale<Scalar>
  let hasScale: Bool
  let hasVariance: Bool
  let hasDivergence: Bool

  var shapes: [Shape] { [[value.count], [value.count], .scalar] }
  func canAccumulate(_ result: Int) -> Bool { result == 0 }

  func run(_ frame: Frame<Scalar>) {
    let (mean, scale) = (frame.input(0), frame.input(2))
    var next = 3
    func take(_ isGiven: Bool) -> UnsafePointer<Scalar>? {
      guard isGiven else { return nil }
      defer { next += 1 }
      return frame.input(next)
    }
    let (fromScale, fromVariance, weight) = (take(hasScale), take(hasVariance), take(hasDivergence)?[0])
    if let weight, hasScale != hasVariance, let prior = value.prior as? GaussianPrior,
      let flowing = fromScale ?? fromVariance
    {
      return runFused(frame, flowing, prior, weight)
    }
    var total = 0.0
    withBlocks(1, of: Scalar.self) { unused, block in
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        let toScale = frame.result(1) + start
        if let fromScale {
          Scalar.copy(fromScale + start, into: toScale, count: n)
        } else {
          Scalar.fill(toScale, with: 0, count: n)
        }
        if let fromVariance { Scalar.multiplyAdd(2, scale + start, fromVariance + start, toScale, count: n) }
        if let weight {
          let toMean = frame.isNeeded(0) ? frame.result(0) + start : unused
          if !frame.accumulates(0) { Scalar.fill(toMean, with: 0, count: n) }
          total += value.divergence(
            from: start, mean: mean + start, scale: scale + start, count: n, gradient: (toMean, toScale),
            weight: Double(weight))
        }
        Scalar.softplusGradient(output: scale + start, toScale, count: n)
      }
    }
    if frame.isNeeded(2) { frame.result(2)[0] = Scalar(total) }
  }

  /// What comes from either scales or variances, and the divergence from a Gaussian prior, with one loop for all of it.
  private func runFused(
    _ frame: Frame<Scalar>, _ flowing: UnsafePointer<Scalar>, _ prior: GaussianPrior, _ weight: Scalar
  ) {
    var total = 0.0
    withBlocks(1, of: Scalar.self) { unused, block in
      for start in stride(from: 0, to: value.count, by: block) {
        let n = min(block, value.count - start)
        let (mean, scale) = (frame.input(0) + start, frame.input(2) + start)
        let toMean = frame.isNeeded(0) ? frame.result(0) + start : unused
        Scalar.gaussianDivergenceGradient(
          flowing + start, isOfVariance: hasVariance, mean: mean, scale: scale,
          prior: (Scalar(prior.mean), Scalar(1 / (prior.scale * prior.scale))), weight: weight, mean: toMean,
          overwrite: !frame.isNeeded(0) || !frame.accumulates(0), rho: frame.result(1) + start, count: n)
        guard frame.isNeeded(2) else { continue }
        total += prior.divergence(mean: mean, scale: scale, count: n, gradient: nil, weight: 0)
      }
    }
    if frame.isNeeded(2) { frame.result(2)[0] = Scalar(total) }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let parameters = Array(inputs[..<2])
    let results = value.definition(parameters)
    var inner = Variable<Scalar>.constant(0)
    var next = 3
    for (result, isGiven) in [(results[0], hasScale), (results[1], hasVariance), (results[2], hasDivergence)] {
      guard isGiven, let result else { continue }
      inner = inner + result.dot(inputs[next])
      next += 1
    }
    let gradients = gradient(of: inner, withRespectTo: parameters)
    // Without the divergence nothing reaches the mean.
    return [hasDivergence ? gradients[0] : nil, gradients[1], hasDivergence ? results[2] : nil]
  }
}
