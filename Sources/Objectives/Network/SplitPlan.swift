import Datasets
import StudyModel
import Tensors

/// The splits that the `split` section of a sweep names. They follow from the study's seed alone, so that all trials
/// are judged on the same rows.
struct SplitPlan {
  var data: DataConfiguration
  var seed: Int
  var directory: String

  func splits(of loaded: DataSource.Loaded) throws -> [Split] {
    let rows = loaded.dataset.rows
    let key = StudyRandomness.splits(seed: seed)
    do {
      return try splits(of: loaded, rows, key)
    } catch var error as DatasetError where error.file == nil {
      error.file = loaded.dataset.name
      throw error
    }
  }

  private func splits(of loaded: DataSource.Loaded, _ rows: Int, _ key: RandomKey) throws -> [Split] {
    let split = data.split
    switch split.kind {
    case .none: return [.none(rows: rows)]
    case .holdOut: return [try .holdOut(rows: rows, fraction: split.fraction, key: key)]
    case .kFold: return try Split.kFold(rows: rows, folds: split.folds, key: key)
    case .uci: return try Split.standardUCI(rows: rows, count: split.folds)
    case .given:
      if let file = split.file {
        return try Split.given(file: RelativePath.absolute(file, from: directory), rows: rows)
      }
      guard loaded.testRows > 0 else {
        throw ObjectiveError(
          "data.split.file: missing; a given split needs a file, or data with a test part of its own")
      }
      let train = rows - loaded.testRows
      return [Split(train: Array(0..<train), validation: Array(train..<rows))]
    }
  }
}
