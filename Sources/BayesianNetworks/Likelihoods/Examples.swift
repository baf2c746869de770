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

  /// The examples of all, one after another; their targets are of one kind.
  static func joining(_ all: [Examples]) -> Examples {
    let rows = all.reduce(0) { $0 + $1.count }
    func joined(_ matrices: [Matrix<Scalar>]) -> Matrix<Scalar> {
      Matrix(Vector(matrices.flatMap(\.elements.array)), rows: rows, columns: matrices[0].columns)
    }
    let inputs = joined(all.map(\.inputs))
    switch all[0].targets {
    case .values:
      let values = all.compactMap { examples -> Matrix<Scalar>? in
        if case .values(let values) = examples.targets { values } else { nil }
      }
      return Examples(inputs: inputs, targets: .values(joined(values)))
    case .classes:
      let classes = all.flatMap { examples -> [Int32] in
        if case .classes(let classes) = examples.targets { classes } else { [] }
      }
      return Examples(inputs: inputs, targets: .classes(classes))
    }
  }
}
