public import Tensors

extension BayesianModel {
  /// Throws where some data does not fit the model: its shapes, its kind of targets, a class that is out of range, a number
  /// that is not finite.
  public func check<Scalar: TensorScalar>(_ data: Examples<Scalar>) throws(TrainingError) {
    guard data.inputs.columns == network.inputs else {
      throw .wrongInputs(expected: network.inputs, found: data.inputs.columns)
    }
    try Self.checkFinite(data.inputs, what: "an input")
    switch (likelihood, data.targets) {
    case (.gaussian, .values(let values)):
      guard values.columns == network.outputs else {
        throw .wrongOutputs(expected: network.outputs, found: values.columns)
      }
      try Self.checkFinite(values, what: "the target")
    case (.categorical, .classes(let classes)):
      if let row = classes.firstIndex(where: { $0 < 0 || $0 >= network.outputs }) {
        throw .classOutOfRange(row: row, found: Int(classes[row]), classes: network.outputs)
      }
    case (.gaussian, .classes): throw .wrongTargets(expected: "values", found: "classes")
    case (.categorical, .values): throw .wrongTargets(expected: "classes", found: "values")
    }
  }

  private static func checkFinite<Scalar: TensorScalar>(
    _ matrix: Matrix<Scalar>, what: String
  ) throws(TrainingError) {
    let count = matrix.rows * matrix.columns
    let isFinite = withExtendedLifetime(matrix) { Scalar.allFinite(matrix.unsafePointer, count: count) }
    guard !isFinite else { return }
    let index = (0..<count).first { !matrix.elements[$0].isFinite } ?? 0
    throw .notFinite(row: index / matrix.columns, what: what)
  }
}
