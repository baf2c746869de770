import Tensors

/// Everything that a search of hyperparameters or choices carries from step to step, with its tensors by their names:
/// what the files of such states share.
protocol SearchState {
  associatedtype Scalar: TensorScalar

  /// The file's kind and its version, both in the metadata.
  static var format: String { get }
  static var version: String { get }

  /// Vectors by the names of their tensors.
  static var vectors: KeyValuePairs<String, WritableKeyPath<Self, Vector<Scalar>>> { get }
  /// Lists of vectors: that of the name n has the tensors n.0, n.1, and so on.
  static var vectorLists: KeyValuePairs<String, WritableKeyPath<Self, [Vector<Scalar>]>> { get }
}

extension SearchState {
  /// Whether another state has as many numbers everywhere.
  func hasShape(of other: Self) -> Bool {
    Self.vectors.allSatisfy { self[keyPath: $0.value].count == other[keyPath: $0.value].count }
      && Self.vectorLists.allSatisfy {
        self[keyPath: $0.value].map(\.count) == other[keyPath: $0.value].map(\.count)
      }
  }
}

extension SafeTensors {
  /// A file with a state's tensors; its metadata tells the format, and what is given.
  init<State: SearchState>(_ state: State, metadata: [String: String]) {
    self.init(metadata: ["format": State.format, "version": State.version].merging(metadata) { $1 })
    for (name, path) in State.vectors { set(name, state[keyPath: path]) }
    for (name, path) in State.vectorLists {
      for (index, vector) in state[keyPath: path].enumerated() { set("\(name).\(index)", vector) }
    }
  }

  /// A whole number of the metadata, from 0.
  func number(_ key: String) throws(CheckpointError) -> Int {
    // Small enough that no product of it with a number of hyperparameters overflows.
    guard let text = metadata[key], let value = Int(text), value >= 0, value < 1 << 40 else {
      throw .badMetadata(key: key, reason: "it is \(metadata[key] ?? "not given"), expected a number from 0")
    }
    return value
  }

  /// The losses of the first steps, as far as they were made: two numbers in double precision, and in the metadata which
  /// of them are there.
  mutating func setFirstLosses(training: Double?, validation: Double?) {
    let losses = [training, validation]
    metadata["losses"] = losses.map { $0 == nil ? "0" : "1" }.joined()
    set("losses", Vector(losses.map { $0 ?? 0 }))
  }
}

extension TensorReader {
  /// Reads a file of a kind of state.
  init<State: SearchState>(_ file: SafeTensors, of kind: State.Type) throws(CheckpointError) {
    guard file.metadata["format"] == State.format, file.metadata["version"] == State.version else {
      throw .notATrainingState(
        reason: "its format is \(file.metadata["format"] ?? "not given"), version "
          + "\(file.metadata["version"] ?? "unknown"), expected \(State.format) of version \(State.version)")
    }
    self.init(file)
  }

  /// Puts the file's tensors in the place of a state's, each as long as it is there.
  mutating func read<State: SearchState>(into state: inout State) throws(CheckpointError) {
    for (name, path) in State.vectors {
      state[keyPath: path] = try vector(name, shape: [state[keyPath: path].count])
    }
    for (name, path) in State.vectorLists {
      for index in state[keyPath: path].indices {
        state[keyPath: path][index] = try vector("\(name).\(index)", shape: [state[keyPath: path][index].count])
      }
    }
  }

  /// See `SafeTensors.setFirstLosses(training:validation:)`.
  mutating func firstLosses() throws(CheckpointError) -> (training: Double?, validation: Double?) {
    let losses: Vector<Double> = try vector("losses", shape: [2])
    let known = file.metadata["losses"] ?? ""
    guard ["00", "01", "10", "11"].contains(known) else {
      throw .badMetadata(key: "losses", reason: "it is \(known.isEmpty ? "not given" : known), expected two digits")
    }
    return (known.hasPrefix("1") ? losses[0] : nil, known.hasSuffix("1") ? losses[1] : nil)
  }
}
