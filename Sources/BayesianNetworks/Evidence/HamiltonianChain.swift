public import Tensors

/// Draws of a Hamiltonian Monte Carlo chain.
public struct HamiltonianChain: Sendable {
  /// One draw in each row.
  public let positions: Matrix<Double>
  /// log f of every draw.
  public let logDensities: [Double]
  /// The mean acceptance probability after the warm-up.
  public let acceptance: Double
  /// The step size after the warm-up.
  public let stepSize: Double
}

extension HamiltonianMonteCarlo {
  /// Runs a chain: a warm-up that adapts the step size from `stepSize` on and is thrown away, then draws with the step
  /// size frozen.
  ///
  /// - Parameters:
  ///   - start: A position where the density is not 0.
  ///   - warmup: Transitions of the warm-up; with 0 of them `stepSize` is used as it is.
  ///   - target: The acceptance rate to adapt to.
  public func sample(
    _ count: Int, from start: Vector<Double>, warmup: Int, target: Double = 0.8, key: RandomKey,
    _ density: LogDensityGradient
  ) -> HamiltonianChain {
    precondition(count >= 1 && warmup >= 0, "a chain of \(count) draws after a warm-up of \(warmup) cannot be run")
    var (kernel, state) = (self, State(start, density))
    var adaptation = StepSizeAdaptation(initial: stepSize, target: target)
    for index in 0..<warmup {
      kernel.stepSize = adaptation.current
      adaptation.update(acceptance: kernel.transition(&state, key: key.folded(0).folded(index), density).acceptance)
    }
    kernel.stepSize = adaptation.average
    var positions = Matrix<Double>(rows: count, columns: start.count)
    var (logDensities, acceptance) = ([Double](), 0.0)
    for index in 0..<count {
      acceptance += kernel.transition(&state, key: key.folded(1).folded(index), density).acceptance
      Double.copy(
        state.position.unsafePointer, into: positions.unsafeMutablePointer() + index * start.count, count: start.count)
      logDensities.append(state.logDensity)
    }
    return HamiltonianChain(
      positions: positions, logDensities: logDensities, acceptance: acceptance / Double(count),
      stepSize: kernel.stepSize)
  }
}
