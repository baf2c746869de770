public import Tensors

/// Everything that a training carries from step to step: a value. Together with the settings and the key it determines
/// all further steps, bit for bit.
public struct TrainingState<Scalar: TensorScalar>: Sendable, Equatable {
  /// The objective's parameters.
  public var parameters: Vector<Scalar>
  /// The optimiser's buffers, each as long as `parameters`.
  public var optimizer: [Vector<Scalar>]
  /// What the collector has kept.
  public var collected: CollectedIterates<Scalar>
  /// Steps made.
  public var step: Int

  public init(
    parameters: Vector<Scalar>, optimizer: [Vector<Scalar>], collected: CollectedIterates<Scalar> = .init(), step: Int
  ) {
    precondition(optimizer.allSatisfy { $0.count == parameters.count }, "the optimiser's buffers have another length")
    self.parameters = parameters
    self.optimizer = optimizer
    self.collected = collected
    self.step = step
  }

  /// The state before the first step.
  public init(
    parameters: Vector<Scalar>, optimizer: any Optimizer, collector: (any IterateCollector)? = nil
  ) {
    let count = parameters.count
    self.init(
      parameters: parameters, optimizer: (0..<optimizer.stateBuffers).map { _ in Vector(count: count) },
      collected: CollectedIterates(buffers: collector?.initialBuffers(count: count) ?? []), step: 0)
  }
}
