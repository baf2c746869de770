import BayesianNetworks
import Datasets
import StudyModel
import Synchronization
import Tensors

/// The data of a study and its splits. Loaded once for all slots of a process; never changes.
final class StudyData: Sendable {
  let dataset: Dataset
  /// At least as many as the study has folds.
  let splits: [Split]
  private let standardize: DataConfiguration.Standardize
  private let folds = Mutex<FoldCache>(FoldCache())

  /// - Throws: `DatasetError`, or `ObjectiveError` when the configuration asks for what the data has not.
  init(_ configuration: SweepConfiguration, directory: String) throws {
    guard let data = configuration.data else {
      throw ObjectiveError("data: missing; a network needs data to be trained on")
    }
    let task: LearningTask = configuration.model.likelihood.kind == .gaussian ? .regression : .classification
    let loaded = try DataSource(data: data, task: task, seed: configuration.seed, directory: directory).load()
    dataset = loaded.dataset
    splits = try SplitPlan(data: data, seed: configuration.seed, directory: directory).splits(of: loaded)
    standardize = data.standardize
    let wanted = configuration.plan.folds
    guard splits.count >= wanted else {
      throw ObjectiveError(
        "data.split.folds: \(wanted) splits are asked for, and \(data.split.file ?? "the data") has \(splits.count)")
    }
  }

  /// A fold's two parts, standardised by its training part, ready for training.
  func fold(_ index: Int) throws(ObjectiveError) -> PreparedFold {
    // Held for the whole preparation: the other slots want the same fold next, and find it.
    try folds.withLock { cache throws(ObjectiveError) in
      try cache.fold(index) { () throws(ObjectiveError) in try PreparedFold(dataset, splits[index], standardize) }
    }
  }

  // MARK: Sharing

  private struct Key: Hashable {
    var data: DataConfiguration?
    var likelihood: ModelConfiguration.Likelihood.Kind
    var seed: Int
    var folds: Int
    var directory: String
  }

  private static let loaded = Mutex<[Key: StudyData]>([:])

  /// The data of the sweep; loaded by the first who asks, while the others wait.
  static func shared(for configuration: SweepConfiguration, directory: String) throws -> StudyData {
    let key = Key(
      data: configuration.data, likelihood: configuration.model.likelihood.kind, seed: configuration.seed,
      folds: configuration.plan.folds, directory: directory)
    return try loaded.withLock { loaded in
      if let data = loaded[key] { return data }
      let data = try StudyData(configuration, directory: directory)
      loaded[key] = data
      return data
    }
  }
}

/// Prepared folds, the last used ones first; as many as fit the memory set aside for them, and at least one.
private struct FoldCache {
  private static let bytes = 512 << 20
  private var entries: [(index: Int, fold: PreparedFold)] = []

  mutating func fold(
    _ index: Int, make: () throws(ObjectiveError) -> PreparedFold
  ) throws(ObjectiveError) -> PreparedFold {
    if let place = entries.firstIndex(where: { $0.index == index }) {
      entries.insert(entries.remove(at: place), at: 0)
    } else {
      entries.insert((index, try make()), at: 0)
      var total = 0
      let kept = entries.prefix { entry in
        total += entry.fold.bytes
        return total <= Self.bytes
      }
      entries = Array(entries.prefix(max(1, kept.count)))
    }
    return entries[0].fold
  }
}
