/// What the runs of a trial do where they do not train at the trial's point: they find out how the objective depends on
/// some of the dimensions, by a hypernetwork or by hypergradients. The other dimensions keep the point's values.
///
/// It stands in the note of the decision, under `explore`: `{"explore": {"inference.prior.scale": [0.05, 2]}}`, or with the
/// values of choices that are relaxed: `{"explore": {"model.activation": {"values": ["relu", "tanh"]}}}`.
package struct Exploration: Hashable, Sendable {
  /// A dimension that is explored, and where.
  package struct Side: Hashable, Sendable {
    package var dimension: String
    package var range: ClosedRange<Double>

    package init(_ dimension: String, _ range: ClosedRange<Double>) {
      self.dimension = dimension
      self.range = range
    }
  }

  /// A dimension of listed values, between which one training chooses.
  package struct Choice: Hashable, Sendable {
    package var dimension: String
    package var values: [JSONValue]

    package init(_ dimension: String, _ values: [JSONValue]) {
      self.dimension = dimension
      self.values = values
    }
  }

  /// In the order of the space; there are sides, or there are choices.
  package var sides: [Side]
  package var choices: [Choice]

  package init(_ sides: [Side], choices: [Choice] = []) {
    precondition(sides.isEmpty != choices.isEmpty, "an exploration of sides or of choices")
    self.sides = sides
    self.choices = choices
  }

  /// Whether it chooses between listed values.
  package var isRelaxed: Bool { !choices.isEmpty }

  /// Nil where it is none.
  package init?(_ json: JSONValue) {
    guard let object = json.object, !object.members.isEmpty else { return nil }
    var sides: [Side] = []
    var choices: [Choice] = []
    for member in object.members {
      if let values = member.value.object?["values"]?.array, values.count >= 2 {
        choices.append(Choice(member.key, values))
        continue
      }
      guard let ends = member.value.array?.compactMap(\.double), ends.count == 2, ends.allSatisfy(\.isFinite),
        ends[0] <= ends[1]
      else { return nil }
      sides.append(Side(member.key, ends[0]...ends[1]))
    }
    guard sides.isEmpty != choices.isEmpty else { return nil }
    self.init(sides, choices: choices)
  }

  package var json: JSONValue {
    .object(
      JSONObject(
        sides.map { JSONObject.Member($0.dimension, [.number($0.range.lowerBound), .number($0.range.upperBound)]) }
          + choices.map { JSONObject.Member($0.dimension, ["values": .array($0.values)]) }))
  }

  /// The key in a decision's note.
  package static let key = "explore"
}

/// What an exploration found. Values are those of the objective's metric, in its units.
package struct Survey: Hashable, Sendable {
  /// What is thought of the objective at a point.
  package struct Value: Hashable, Sendable {
    /// Of the explored dimensions, in the order of the exploration's sides.
    package var coordinates: [Double]
    package var mean: Double
    /// How far it may be from a training at the point; nil where nothing is known of that.
    package var error: Double?

    package init(_ coordinates: [Double], mean: Double, error: Double? = nil) {
      self.coordinates = coordinates
      self.mean = mean
      self.error = error
    }
  }

  /// Points of the region: the same in all runs of a trial. Empty for a method without a surface.
  package var surface: [Value]
  /// The best that was found.
  package var optimum: Value
  /// How the search came there, from its start.
  package var path: [Value]
  /// Training steps that it took.
  package var steps: Int
  /// The probabilities of each choice's values, in the order of the exploration; empty where nothing was relaxed.
  package var probabilities: [[Double]]

  package init(surface: [Value], optimum: Value, path: [Value], steps: Int, probabilities: [[Double]] = []) {
    self.surface = surface
    self.optimum = optimum
    self.path = path
    self.steps = steps
    self.probabilities = probabilities
  }

  /// Whether it has a coordinate for each side of an exploration, and a probability for each value of its choices.
  package func fits(_ exploration: Exploration) -> Bool {
    optimum.coordinates.count == exploration.sides.count
      && probabilities.map(\.count) == exploration.choices.map(\.values.count)
  }

  /// Nil where it is none, or a number is not finite.
  package init?(_ json: JSONValue) {
    guard let object = json.object, let optimum = object["optimum"].flatMap(Value.init),
      let surface = object["surface"].flatMap(Self.values), let path = object["path"].flatMap(Self.values),
      let steps = object["steps"]?.int, steps >= 0,
      (surface + path).allSatisfy({ $0.coordinates.count == optimum.coordinates.count })
    else { return nil }
    var probabilities: [[Double]] = []
    for entry in object["probabilities"]?.array ?? [] {
      let values = (entry.array ?? []).compactMap(\.double)
      guard values.count == entry.array?.count, !values.isEmpty, values.allSatisfy({ (0...1).contains($0) }) else {
        return nil
      }
      probabilities.append(values)
    }
    self.init(surface: surface, optimum: optimum, path: path, steps: steps, probabilities: probabilities)
  }

  package var json: JSONValue {
    var members: [JSONObject.Member] = [
      .init("optimum", optimum.json), .init("surface", .array(surface.map(\.json))),
      .init("path", .array(path.map(\.json))), .init("steps", .integer(steps)),
    ]
    if !probabilities.isEmpty {
      members.append(.init("probabilities", .array(probabilities.map { .array($0.map { .number($0) }) })))
    }
    return .object(JSONObject(members))
  }

  private static func values(_ json: JSONValue) -> [Value]? {
    guard let array = json.array else { return nil }
    let values = array.compactMap(Value.init)
    return values.count == array.count ? values : nil
  }
}

extension Survey.Value {
  /// `[[coordinates], mean, error]`; the error may be missing.
  fileprivate init?(_ json: JSONValue) {
    guard let parts = json.array, (2...3).contains(parts.count), let coordinates = parts[0].array?.compactMap(\.double),
      coordinates.count == parts[0].array?.count, let mean = parts[1].double
    else { return nil }
    let error = parts.count == 3 ? parts[2].double : nil
    guard (coordinates + [mean, error ?? 0]).allSatisfy(\.isFinite), parts.count == 2 || error != nil else {
      return nil
    }
    self.init(coordinates, mean: mean, error: error)
  }

  fileprivate var json: JSONValue {
    .array([.array(coordinates.map { .number($0) }), .number(mean)] + (error.map { [.number($0)] } ?? []))
  }
}
