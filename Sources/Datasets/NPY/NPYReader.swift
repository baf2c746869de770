/// Reads a data set from two .npy files: inputs, a row for each example, and targets, a value for each.
///
/// Elements are little-endian floats of 4 or 8 bytes, integers, or booleans, in C or Fortran order. Images and other
/// arrays with more than two dimensions are flattened to rows. Inputs of three dimensions are images of one channel
/// (N x height x width), inputs of four N x height x width x channels.
public struct NPYReader: Sendable {
  public var task: LearningTask
  /// Use only the first so many rows.
  public var limit: Int?

  public init(task: LearningTask, limit: Int? = nil) {
    self.task = task
    self.limit = limit
  }

  /// - Throws: `DatasetError` that names the file, and the row and column of a value that is not finite.
  public func read(inputs: String, targets: String) throws(DatasetError) -> Dataset {
    let inputArray = try NPYArray(inputs)
    let targetArray = try NPYArray(targets)
    guard let rows = inputArray.shape.first, rows > 0, !inputArray.values.isEmpty else {
      throw DatasetError("the shape \(inputArray.shape) holds no rows", file: inputs)
    }
    let columns = inputArray.values.count / rows
    guard targetArray.shape.first == rows, targetArray.values.count == rows else {
      throw DatasetError(
        "expected one target for each of the \(rows) rows of \(inputs), found the shape \(targetArray.shape)",
        file: targets)
    }
    try check(inputArray, columns, inputs)
    try check(targetArray, 1, targets)
    let target: Dataset.Target =
      switch task {
      case .regression: .values(targetArray.values)
      case .classification: try ClassLabels.target(targetArray.values, file: targets)
      }
    let dataset = Dataset(
      name: inputs, inputs: FeatureMatrix(rows: rows, columns: columns, values: inputArray.values),
      inputNames: (0..<columns).map { "x\($0 + 1)" }, target: target, targetName: "target",
      imageShape: ImageShape(array: inputArray.shape))
    return limit.map { dataset.prefix($0) } ?? dataset
  }

  private func check(_ array: NPYArray, _ columns: Int, _ path: String) throws(DatasetError) {
    guard let index = array.values.firstIndex(where: { !$0.isFinite }) else { return }
    throw DatasetError(
      "missing value: \(array.values[index]) in row \(index / columns), column \(index % columns) (from 0); "
        + "remove the row or fill it", file: path)
  }
}
