public import Probability
public import Tensors

/// A loss of some parameters on a minibatch, with its gradient, in memory that is kept between calls.
public protocol MinibatchObjective<Scalar>: AnyObject {
  associatedtype Scalar: DensityScalar

  /// How many numbers are trained.
  var parameterCount: Int { get }

  /// Where a training starts.
  func initialParameters(key: RandomKey) -> Vector<Scalar>

  /// Computes the loss and writes its gradient: that of negative log likelihood (a sum over the minibatch) plus
  /// `weight` x complexity.
  func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss

  /// The most rows that a minibatch may have.
  var maximumRows: Int { get }

  /// Throws where the objective cannot be computed from some data. A training asks before its first step.
  func check(_ data: Examples<Scalar>) throws(TrainingError)

  /// Which part of the model a parameter belongs to, for messages: for example "the means of layer 2".
  func locate(_ parameterIndex: Int) -> String
}

extension MinibatchObjective {
  public var maximumRows: Int { .max }

  public func check(_ data: Examples<Scalar>) throws(TrainingError) {}

  public func locate(_ parameterIndex: Int) -> String { "parameter \(parameterIndex)" }

  /// The loss of all the given examples and its gradient.
  ///
  /// - Parameters:
  ///   - batchFraction: B / N, the weight of the complexity.
  ///   - key: Names the noise: the same key gives the same loss.
  public func evaluate(
    _ examples: Examples<Scalar>, batchFraction: Double, parameters: Vector<Scalar>, key: RandomKey,
    gradient: inout Vector<Scalar>
  ) -> MinibatchLoss {
    precondition(
      parameters.count == parameterCount && gradient.count == parameterCount,
      "\(parameters.count) parameters and \(gradient.count) derivatives for \(parameterCount)")
    let block = ExampleBlock(examples, rows: examples.count)
    let (inputs, targets) = block.gather((0..<examples.count).map { $0 }[...])
    return withExtendedLifetime((block, parameters)) {
      evaluate(
        Minibatch(inputs: inputs, targets: targets, rows: examples.count, fraction: batchFraction),
        parameters: parameters.unsafePointer, key: key, gradient: gradient.unsafeMutablePointer())
    }
  }
}

/// Examples in memory, and how much they stand for.
public struct Minibatch<Scalar: DensityScalar> {
  /// rows x inputs
  public var inputs: UnsafePointer<Scalar>
  public var targets: TargetPointer<Scalar>
  public var rows: Int
  /// B / N: the minibatch's part of the data.
  public var fraction: Double
  /// A factor for the complexity that is not 1 while it is warmed up or the posterior is tempered.
  public var complexityFactor: Double

  public init(
    inputs: UnsafePointer<Scalar>, targets: TargetPointer<Scalar>, rows: Int, fraction: Double,
    complexityFactor: Double = 1
  ) {
    self.inputs = inputs
    self.targets = targets
    self.rows = rows
    self.fraction = fraction
    self.complexityFactor = complexityFactor
  }

  /// The weight of the complexity.
  public var complexityWeight: Double { fraction * complexityFactor }
}
