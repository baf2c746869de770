/// Examples to learn from: inputs and a target, in the units they came in. Never changes after it is made, so that
/// threads can share it.
public struct Dataset: Sendable {
  /// What is to be predicted, a value for each row.
  public enum Target: Sendable, Equatable {
    /// A regression.
    case values([Double])
    /// A classification: for each row the index of its class in `names`.
    case classes([Int], names: [String])
  }

  /// File or built-in set, for messages.
  public var name: String
  public let inputs: FeatureMatrix
  /// A name for each column of the inputs. A one-hot column is called "column=category".
  public let inputNames: [String]
  public let target: Target
  public let targetName: String
  /// What a row of the inputs is when it is an image; nil for tables. Convolutions need it.
  public let imageShape: ImageShape?

  public init(
    name: String, inputs: FeatureMatrix, inputNames: [String], target: Target, targetName: String,
    imageShape: ImageShape? = nil
  ) {
    precondition(inputNames.count == inputs.columns, "\(inputNames.count) names for \(inputs.columns) columns")
    precondition(target.count == inputs.rows, "\(target.count) targets for \(inputs.rows) rows")
    if let imageShape {
      precondition(imageShape.count == inputs.columns, "images of \(imageShape) in \(inputs.columns) columns")
    }
    self.name = name
    self.inputs = inputs
    self.inputNames = inputNames
    self.target = target
    self.targetName = targetName
    self.imageShape = imageShape
  }

  public var rows: Int { inputs.rows }

  /// The first `count` rows; everything when there are no more. The classes stay those of the whole.
  public func prefix(_ count: Int) -> Dataset {
    guard count < rows else { return self }
    return Dataset(
      name: name, inputs: inputs.prefix(count), inputNames: inputNames, target: target.prefix(count),
      targetName: targetName, imageShape: imageShape)
  }

  /// The rows of both, these first.
  ///
  /// - Throws: `DatasetError` when the columns, the shape of images or the kind of target differ.
  public func appending(_ other: Dataset) throws(DatasetError) -> Dataset {
    guard inputs.columns == other.inputs.columns else {
      throw DatasetError(
        "\(other.name) has \(other.inputs.columns) input columns and \(name) has \(inputs.columns); they must agree")
    }
    guard imageShape == other.imageShape else {
      func described(_ shape: ImageShape?) -> String { shape.map { "images of \($0)" } ?? "rows of a table" }
      throw DatasetError(
        "\(other.name) has \(described(other.imageShape)) and \(name) has \(described(imageShape)); they must agree")
    }
    let joined: Target
    switch (target, other.target) {
    case (.values(let a), .values(let b)):
      joined = .values(a + b)
    case (.classes(let a, let names), .classes(let b, let otherNames)):
      var all = names
      var index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      for name in otherNames where index[name] == nil {
        index[name] = all.count
        all.append(name)
      }
      joined = .classes(a + b.map { index[otherNames[$0]]! }, names: all)
    default:
      throw DatasetError("\(name) and \(other.name) are a regression and a classification; they must be the same")
    }
    return Dataset(
      name: name, inputs: inputs.stacked(over: other.inputs), inputNames: inputNames, target: joined,
      targetName: targetName, imageShape: imageShape)
  }
}

extension Dataset.Target {
  public var count: Int {
    switch self {
    case .values(let values): values.count
    case .classes(let labels, _): labels.count
    }
  }

  func prefix(_ count: Int) -> Self {
    switch self {
    case .values(let values): .values(Array(values.prefix(count)))
    case .classes(let labels, let names): .classes(Array(labels.prefix(count)), names: names)
    }
  }
}

/// What the target of a file is read as.
public enum LearningTask: Sendable, Equatable {
  case regression, classification
}
