public import Tensors

/// A rule that turns gradients into steps: an optimiser, or the dynamics of a Markov chain. The state is a few buffers as
/// long as the parameters.
public protocol Optimizer: Sendable {
  /// How many buffers of state the rule has. All are zero before the first step.
  var stateBuffers: Int { get }

  /// One step down the gradient, in one pass over the buffers.
  ///
  /// - Parameter state: `stateBuffers` buffers, as long as the parameters.
  ///   The rule keeps them alive (`withExtendedLifetime`) until it has written to their memory: where a caller has no more
  ///   use for them, the optimiser may let them go as soon as the pointers are taken.
  func update<Scalar: TensorScalar>(_ step: OptimizerStep<Scalar>, state: inout [Vector<Scalar>])
}

/// What a rule is given for one step.
public struct OptimizerStep<Scalar: TensorScalar> {
  /// Read and written.
  public var parameters: UnsafeMutablePointer<Scalar>
  public var gradient: UnsafePointer<Scalar>
  public var count: Int
  /// A factor for the gradient; with it, the gradient is that of the mean loss of an example, times `batchFraction`.
  public var gradientScale: Double
  /// The minibatch's part of a full one: below 1 for the last of an epoch where the size does not divide the number of
  /// examples. Down a gradient that is the length of the step; a rule that weighs the gradient against something that
  /// is not in it, as noise, divides by it.
  public var batchFraction: Double
  /// A factor for the learning rate: where the schedule is.
  public var rateFactor: Double
  /// How many steps were made before, from 0.
  public var number: Int
  /// How many steps the training has in all.
  public var total: Int
  /// N, the number of examples: the scale of the noise of Langevin dynamics.
  public var examples: Int
  /// Names the step's noise.
  public var key: RandomKey

  public init(
    parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, count: Int, gradientScale: Double = 1,
    batchFraction: Double = 1, rateFactor: Double = 1, number: Int, total: Int = .max, examples: Int = 1,
    key: RandomKey = RandomKey(seed: 0)
  ) {
    self.parameters = parameters
    self.gradient = gradient
    self.count = count
    self.gradientScale = gradientScale
    self.batchFraction = batchFraction
    self.rateFactor = rateFactor
    self.number = number
    self.total = total
    self.examples = examples
    self.key = key
  }
}
