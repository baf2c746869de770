import BayesianNetworks
import Datasets
package import StudyModel
import Tensors

/// What a saved posterior says about the rows of a CSV file: a table, in the units of the target.
package struct TrainedNetworkPredictions: Sendable {
  package struct Options: Sendable {
    /// Posterior samples; a posterior that has fewer gives all of them.
    package var samples: Int
    /// Each in (0, 1).
    package var quantiles: [Double]
    package var seed: Int

    package init(samples: Int = 100, quantiles: [Double] = [0.025, 0.5, 0.975], seed: Int = 0) {
      self.samples = samples
      self.quantiles = quantiles
      self.seed = seed
    }
  }

  package private(set) var columns: [String] = []
  /// A value for each column; rows are counted from 1, as in the file.
  package private(set) var rows: [[JSONValue]] = []
  package let target: String
  /// Where the file has the target: how good the predictions are.
  package private(set) var scores: [String: Double] = [:]
  /// What the reader should know, in sentences.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - bytes: The saved posterior.
  ///   - name: What messages call it.
  /// - Throws: `ObjectiveError` for a damaged posterior; `DatasetError` for a column that is missing, a cell that is no
  ///   number, a category that the training data has not.
  package init(posterior bytes: [UInt8], named name: String, csv path: String, options: Options = Options()) throws {
    let file: PosteriorFile<Float>
    do {
      file = try PosteriorFile(decoding: bytes)
    } catch {
      throw ObjectiveError("\(name): \(error)")
    }
    target = file.data.target
    let table = try CSVColumns(path)
    let reader = FeatureReader(file.data)
    let features = try reader.read(table)
    if !features.ignored.isEmpty {
      let names = features.ignored.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
      let rest = features.ignored.count > 10 ? " and \(features.ignored.count - 10) more" : ""
      notes.append("ignored, for the model has no such input: \(names)\(rest)")
    }
    let scaling = TargetScaling(mean: file.data.targetMean, scale: file.data.targetScale)
    let key = RandomKey(seed: UInt64(bitPattern: Int64(options.seed)))
    let summary = PredictiveSummary(samples: options.samples, scaling: scaling, key: key)
    switch file.data.classes {
    case nil:
      guard file.model.network.outputs == 1 else {
        throw ObjectiveError("the network has \(file.model.network.outputs) outputs; one can be predicted")
      }
      columns =
        ["row", "mean", "standard_deviation", "epistemic_standard_deviation"]
        + options.quantiles.map { "quantile_\($0)" }
      let predictions = summary.regression(file.predictive, inputs: features.inputs, quantiles: options.quantiles)
      rows = predictions.enumerated().map { index, point in
        [.integer(index + 1)]
          + ([point.mean, point.standardDeviation, point.epistemicStandardDeviation] + point.quantiles)
          .map { .number($0) }
      }
    case let classes?:
      columns = ["row", "class", "entropy"] + classes.map { "probability_\($0)" }
      rows = summary.classification(file.predictive, inputs: features.inputs).enumerated().map { index, point in
        [.integer(index + 1), .string(classes[point.predicted]), .number(point.entropy)]
          + point.probabilities.map { .number($0) }
      }
    }
    do {
      guard let targets = try reader.targets(table) else { return }
      scores = Evaluation(samples: options.samples, scaling: scaling, key: key).scores(
        of: file.predictive, data: Examples(inputs: features.inputs, targets: targets))
      if file.data.classes != nil || file.model.likelihood.parameterCount == 0 { scores["noise"] = nil }
    } catch let error as DatasetError {
      notes.append("no scores: \(error)")
    }
  }

  /// A row as a JSON object.
  package func object(_ row: Int) -> JSONValue {
    .object(JSONObject(zip(columns, rows[row]).map { JSONObject.Member($0, $1) }))
  }
}

/// Finds the inputs of a network in the columns of a table, by their names.
private struct FeatureReader {
  let data: DataDescription

  init(_ data: DataDescription) {
    self.data = data
  }

  /// A column of the table, and which inputs it becomes.
  private enum Source {
    case number(input: Int)
    case categories([String: Int])
  }

  func read(_ table: CSVColumns) throws -> (inputs: Matrix<Float>, ignored: [String]) {
    let sources = try sources(table)
    let width = data.features.count
    var values = Array(repeating: 0.0, count: table.rows * width)
    let numeric = table.names.compactMap { name in
      if case .number(let input)? = sources[name] { (name: name, input: input) } else { nil }
    }
    for (column, cells) in zip(numeric, try table.numbers(numeric.map(\.name))) {
      for row in 0..<table.rows { values[row * width + column.input] = cells[row] }
    }
    for name in table.names {
      guard case .categories(let categories)? = sources[name] else { continue }
      for (row, text) in try table.texts(name).enumerated() {
        guard let input = categories[text] else {
          let known = categories.keys.sorted().prefix(20).joined(separator: ", ")
          throw DatasetError(
            "the category '\(text)' of row \(row + 1) is not in the training data; it has \(known)", file: table.file,
            column: name)
        }
        values[row * width + input] = 1
      }
    }
    var inputs = Vector<Float>(count: values.count)
    let base = inputs.unsafeMutablePointer()
    for i in values.indices {
      let input = i % width
      base[i] = Float((values[i] - data.inputMeans[input]) / data.inputScales[input])
      guard base[i].isFinite else {
        throw DatasetError(
          "\(values[i]) in row \(i / width + 1) is beyond the range of single precision", file: table.file,
          column: data.features[input])
      }
    }
    var matrix = Matrix(inputs, rows: table.rows, columns: width)
    if let degree = data.degree {
      matrix = matrix.powers(degree: degree)
      guard matrix.elements.array.allSatisfy(\.isFinite) else {
        throw DatasetError("a power of an input is beyond the range of single precision", file: table.file)
      }
    }
    return (
      matrix,
      table.names.filter { sources[$0] == nil && $0 != data.target }
    )
  }

  /// A feature is a column of this name; or "column=category", where there is no such column, a category of one.
  private func sources(_ table: CSVColumns) throws -> [String: Source] {
    let names = Set(table.names)
    var sources: [String: Source] = [:]
    for (input, feature) in data.features.enumerated() {
      if names.contains(feature) {
        sources[feature] = .number(input: input)
      } else if let (column, category) = category(feature, names) {
        var categories: [String: Int] = [:]
        if case .categories(let known)? = sources[column] { categories = known }
        categories[category] = input
        sources[column] = .categories(categories)
      } else {
        // The error has the nearest name.
        _ = try table.texts(feature.split(separator: "=").first.map(String.init) ?? feature)
        throw DatasetError("there is no column '\(feature)'", file: table.file)
      }
    }
    return sources
  }

  private func category(_ feature: String, _ names: Set<String>) -> (column: String, category: String)? {
    for place in feature.indices where feature[place] == "=" {
      let column = String(feature[..<place])
      if names.contains(column) { return (column, String(feature[feature.index(after: place)...])) }
    }
    return nil
  }

  /// nil where the table has no such column.
  func targets(_ table: CSVColumns) throws -> Targets<Float>? {
    guard table.names.contains(data.target) else { return nil }
    guard let classes = data.classes else {
      let values = try table.numbers([data.target])[0].map { Float(($0 - data.targetMean) / data.targetScale) }
      return .values(Matrix(values, rows: values.count, columns: 1))
    }
    let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    return .classes(
      try table.texts(data.target).enumerated().map { row, text in
        // Numbers that are classes may be written 1 or 1.0.
        if let found = index[text] ?? Double(text).flatMap({ Int(exactly: $0) }).flatMap({ index["\($0)"] }) {
          return found
        }
        throw DatasetError(
          "'\(text)' in row \(row + 1) is none of the classes \(classes.prefix(20).joined(separator: ", "))",
          file: table.file, column: data.target)
      })
  }
}
