public import Probability
public import Tensors

/// A distribution over a network's outputs, in samples.
public protocol Predictive<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  /// How many different samples there are; nil for any number.
  var distinctSamples: Int? { get }

  /// Calls `body` for each sample with the outputs, points x outputs, in the units in which the network is trained, and the
  /// noise scale of a regression. The same key gives the same samples.
  ///
  /// Where there are only so many different samples, there are no more calls.
  func predict(
    _ data: Examples<Scalar>, samples: Int, key: RandomKey,
    _ body: (_ sample: Int, _ outputs: [Double], _ noise: Double?) throws -> Void
  ) rethrows
}

extension Predictive {
  /// The samples that are drawn where so many are asked for.
  public func drawn(_ samples: Int) -> Int { min(samples, distinctSamples ?? samples) }
}

/// The outputs of the network with sampled weights.
public struct MonteCarloPredictive<Scalar: DensityScalar>: Predictive {
  public let posterior: any Posterior<Scalar>
  public let model: BayesianModel
  /// Rows that go through the network at a time, at most.
  public var blockRows: Int

  public init(_ posterior: any Posterior<Scalar>, model: BayesianModel, blockRows: Int = 512) {
    precondition(
      posterior.count == model.parameterCount,
      "a posterior over \(posterior.count) numbers is not one of a model with \(model.parameterCount)")
    self.posterior = posterior
    self.model = model
    self.blockRows = blockRows
  }

  public var distinctSamples: Int? { posterior.distinctSamples }

  public func predict(
    _ data: Examples<Scalar>, samples: Int, key: RandomKey,
    _ body: (_ sample: Int, _ outputs: [Double], _ noise: Double?) throws -> Void
  ) rethrows {
    let pass = ForwardPass<Scalar>(model.network, blockRows: blockRows)
    let columns = model.network.outputs
    var outputs = Array(repeating: 0.0, count: data.count * columns)
    var weights = Vector<Scalar>(count: posterior.count)
    for sample in 0..<drawn(samples) {
      posterior.sample(sample, key: key, into: weights.unsafeMutablePointer())
      pass.run(weights, data: data) { block, _, rows in
        outputs.withUnsafeMutableBufferPointer { memory in
          let target = memory.baseAddress.unsafelyUnwrapped + rows.lowerBound * columns
          Scalar.widen(block, into: target, count: rows.count * columns)
        }
      }
      try body(sample, outputs, model.noise(of: weights))
    }
  }
}

extension BayesianModel {
  /// The noise scale of a regression with given point parameters; nil for a classification.
  public func noise<Scalar: TensorScalar>(of parameters: Vector<Scalar>) -> Double? {
    likelihood.noise(parameters: parameters[network.parameterCount..<parameterCount].doubles)
  }
}
