public import Tensors

/// Cyclical SGLD (Zhang et al. 2020, algorithm 1): SGLD whose learning rate falls along half a cosine wave in each of a
/// number of cycles, and which adds noise in the later part of a cycle alone. See `LangevinCycles` and `SGLD`.
///
/// The length of a cycle follows from the steps of the training in all. The rate has its own schedule; a schedule of the
/// training comes on top of it.
public struct CyclicalSGLD: Optimizer, Hashable {
  /// The rate at the start of a cycle.
  public var learningRate: Double
  public var cycles: LangevinCycles
  /// T; see `SGLD`.
  public var temperature: Double

  public init(learningRate: Double = 1e-1, cycles: LangevinCycles, temperature: Double = 1) {
    self.learningRate = learningRate
    self.cycles = cycles
    self.temperature = temperature
  }

  public var stateBuffers: Int { 0 }

  public func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>]) {
    let factor = cycles.rateFactor(step: step.number, total: step.total)
    let isSampling = cycles.isSampling(step: step.number, total: step.total)
    step.moveLangevin(rate: step.stepLength(learningRate * factor), temperature: isSampling ? temperature : 0)
  }
}
