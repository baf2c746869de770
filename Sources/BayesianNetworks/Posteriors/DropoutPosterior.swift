public import Probability
public import Tensors

/// Where a dropout layer acts in the flat buffer of weights: on the inputs of an affine layer.
public struct DropoutRegion: Hashable, Sendable {
  /// Where the affine layer's weights, inputs x outputs, begin.
  public var start: Int
  public var inputs: Int
  public var outputs: Int
  /// Consecutive rows of inputs that are dropped together: 1 for units.
  public var block: Int
  /// The probability of being dropped, in [0, 1).
  public var rate: Double

  public init(start: Int, inputs: Int, outputs: Int, block: Int = 1, rate: Double) {
    precondition(
      start >= 0 && inputs >= 1 && outputs >= 1 && block >= 1 && inputs % block == 0,
      "blocks of \(block) do not divide a layer of \(inputs) x \(outputs) weights")
    precondition(rate >= 0 && rate < 1, "the rate of a dropout must be in [0, 1), got \(rate)")
    self.start = start
    self.inputs = inputs
    self.outputs = outputs
    self.block = block
    self.rate = rate
  }
}

/// Monte-Carlo dropout (Gal and Ghahramani 2016): the weights of a network trained with dropout, with the rows of dropped
/// units 0 and those of the others divided by 1 - rate. A sample has one mask for each dropout layer, the same for all
/// examples, so that it is a network like any other.
public struct DropoutPosterior<Scalar: DensityScalar>: Posterior, Equatable {
  public let parameters: Vector<Scalar>
  public let regions: [DropoutRegion]

  public init(_ parameters: Vector<Scalar>, regions: [DropoutRegion]) {
    for region in regions {
      precondition(
        region.start + region.inputs * region.outputs <= parameters.count,
        "the dropout region \(region) is outside \(parameters.count) parameters")
    }
    self.parameters = parameters
    self.regions = regions
  }

  public var count: Int { parameters.count }
  public var distinctSamples: Int? { nil }

  public func sample(_ index: Int, key: RandomKey, into weights: UnsafeMutablePointer<Scalar>) {
    withExtendedLifetime(parameters) { Scalar.copy(parameters.unsafePointer, into: weights, count: count) }
    for (number, region) in regions.enumerated() where region.rate > 0 {
      let uniform = Vector<Double>.uniform(
        key.folded(index).folded(number), count: region.inputs / region.block)
      let width = region.block * region.outputs
      for unit in 0..<uniform.count {
        let rows = weights + region.start + unit * width
        if uniform[unit] < region.rate {
          Scalar.fill(rows, with: 0, count: width)
        } else {
          Scalar.scale(rows, by: Scalar(1 / (1 - region.rate)), count: width)
        }
      }
    }
  }
}
