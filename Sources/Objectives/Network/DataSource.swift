import Datasets
import StudyModel

/// Reads or generates what the `data` section of a sweep names.
struct DataSource {
  struct Loaded {
    /// All rows; where the source has a test part of its own, it comes last.
    var dataset: Dataset
    /// Rows of the source's own test part.
    var testRows = 0
  }

  var data: DataConfiguration
  var task: LearningTask
  /// The study's: generated sets follow from it alone.
  var seed: Int
  var directory: String

  func load() throws -> Loaded {
    if let builtin = data.builtin { return try generated(builtin) }
    if let csv = data.csv {
      guard let target = data.target else {
        throw ObjectiveError("data.target: missing; name the target column of \(csv)")
      }
      return Loaded(dataset: try CSVReader(target: target, task: task, limit: data.limit).read(path(csv)))
    }
    if let idx = data.idx { return try images(idx) }
    if let npy = data.npy {
      let reader = NPYReader(task: task, limit: data.limit)
      return Loaded(dataset: try reader.read(inputs: path(npy.inputs), targets: path(npy.targets)))
    }
    if let cifar = data.cifar { return try colourImages(cifar) }
    throw ObjectiveError("data: expected one of builtin, csv, idx, npy and cifar, found none")
  }

  private func colourImages(_ cifar: DataConfiguration.CIFAR) throws -> Loaded {
    guard task == .classification else {
      throw ObjectiveError("model.likelihood.kind: the labels of CIFAR-10 are classes; use a categorical likelihood")
    }
    let reader = CIFARReader(limit: data.limit)
    let train = try reader.read(batches: cifar.batches.map(path))
    guard let batches = cifar.testBatches else { return Loaded(dataset: train) }
    let test = try reader.read(batches: batches.map(path))
    return Loaded(dataset: try train.appending(test), testRows: test.rows)
  }

  private func generated(_ builtin: DataConfiguration.Builtin) throws -> Loaded {
    guard task == .regression else {
      throw ObjectiveError("model.likelihood.kind: \(builtin.rawValue) is a regression; use a gaussian likelihood")
    }
    if let points = data.points, points < 2 {
      throw ObjectiveError("data.points: expected at least 2 points, found \(points)")
    }
    let key = StudyRandomness.data(seed: seed)
    var dataset =
      switch builtin {
      case .noisySine: NoisySine.train(points: data.points ?? 1024, key: key)
      case .polynomial: PolynomialExample.dataset(points: data.points ?? 20)
      case .polynomialFeatures: PolynomialFeatures.dataset(points: data.points ?? 40, key: key)
      }
    if let limit = data.limit { dataset = dataset.prefix(limit) }
    guard builtin == .noisySine, data.split.kind == .given, data.split.file == nil else {
      return Loaded(dataset: dataset)
    }
    let test = NoisySine.test(key: key)
    return Loaded(dataset: try dataset.appending(test), testRows: test.rows)
  }

  private func images(_ idx: DataConfiguration.IDX) throws -> Loaded {
    guard task == .classification else {
      throw ObjectiveError("model.likelihood.kind: IDX labels are classes; use a categorical likelihood")
    }
    let reader = IDXReader(limit: data.limit)
    let train = try reader.read(images: path(idx.images), labels: path(idx.labels))
    guard let images = idx.testImages, let labels = idx.testLabels else { return Loaded(dataset: train) }
    let test = try reader.read(images: path(images), labels: path(labels))
    if case .classes(_, let known) = train.target, case .classes(let found, let names) = test.target,
      let row = found.firstIndex(where: { !known.contains(names[$0]) })
    {
      throw ObjectiveError(
        "\(path(labels)): row \(row) has the label \(names[found[row]]), and the training labels go from 0 to "
          + "\(known.count - 1)")
    }
    return Loaded(dataset: try train.appending(test), testRows: test.rows)
  }

  private func path(_ path: String) -> String {
    RelativePath.absolute(path, from: directory)
  }
}
