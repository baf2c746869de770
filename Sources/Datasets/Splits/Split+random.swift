public import Tensors

extension Split {
  /// A random part for validation: round(fraction n) rows, at least one. Both parts are in ascending order.
  ///
  /// - Throws: `DatasetError` when the fraction is not between 0 and 1, or nothing is left to train on.
  public static func holdOut(rows: Int, fraction: Double, key: RandomKey) throws(DatasetError) -> Split {
    guard fraction > 0, fraction < 1 else {
      throw DatasetError("the part held out is \(fraction); expected a number between 0 and 1")
    }
    let validation = max(1, Int((fraction * Double(rows)).rounded()))
    guard validation < rows else {
      throw DatasetError("\(rows) rows leave none to train on when \(validation) are held out")
    }
    let order = key.permutation(rows)
    return Split(train: order[validation...].sorted(), validation: order[..<validation].sorted())
  }

  /// k random parts, sizes differing by at most one; each is the validation part of one split and training data in the
  /// others. All parts are in ascending order.
  ///
  /// - Throws: `DatasetError` when there are fewer than two folds or fewer rows than folds.
  public static func kFold(rows: Int, folds: Int, key: RandomKey) throws(DatasetError) -> [Split] {
    guard folds >= 2 else { throw DatasetError("\(folds) folds; k-fold needs at least 2") }
    guard rows >= folds else { throw DatasetError("\(rows) rows cannot be split into \(folds) folds") }
    let order = key.permutation(rows)
    return (0..<folds).map { fold in
      let part = rows * fold / folds..<rows * (fold + 1) / folds
      return Split(
        train: (order[..<part.lowerBound] + order[part.upperBound...]).sorted(), validation: order[part].sorted())
    }
  }
}
