public import Tensors

/// What a network is to predict.
public enum Targets<Scalar: TensorScalar>: Sendable {
  /// Regression: points x outputs.
  case values(Matrix<Scalar>)
  /// Classification: the class of each point, from 0.
  case classes([Int32])

  public var count: Int {
    switch self {
    case .values(let matrix): matrix.rows
    case .classes(let classes): classes.count
    }
  }
}

/// Inputs and targets, one point a row.
public struct Examples<Scalar: TensorScalar>: Sendable {
  public let inputs: Matrix<Scalar>
  public let targets: Targets<Scalar>

  public init(inputs: Matrix<Scalar>, targets: Targets<Scalar>) {
    precondition(
      inputs.rows == targets.count, "\(inputs.rows) inputs and \(targets.count) targets do not belong together")
    precondition(inputs.rows >= 1, "there must be at least one example")
    self.inputs = inputs
    self.targets = targets
  }

  public var count: Int { inputs.rows }

  /// The examples of the given row numbers, in their order.
  public func selecting(rows: [Int]) -> Examples {
    switch targets {
    case .values(let matrix):
      Examples(inputs: inputs.selecting(rows: rows), targets: .values(matrix.selecting(rows: rows)))
    case .classes(let classes):
      Examples(inputs: inputs.selecting(rows: rows), targets: .classes(rows.map { classes[$0] }))
    }
  }
}
