/// Which rows are trained on and which are kept for validation.
public struct Split: Sendable, Equatable {
  public var train: [Int]
  public var validation: [Int]

  public init(train: [Int], validation: [Int]) {
    self.train = train
    self.validation = validation
  }

  /// Everything is training data, and validation is on the training data: for evidence alone.
  public static func none(rows: Int) -> Split {
    Split(train: Array(0..<rows), validation: Array(0..<rows))
  }
}
