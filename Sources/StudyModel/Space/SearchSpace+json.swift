extension SearchSpace {
  /// The space as it stands in a sweep file.
  package var json: JSONObject {
    JSONObject(dimensions.map { .init($0.name, .object($0.json)) })
  }

  static var jsonSchema: JSONObject {
    let dimension = JSONValue.string("#/$defs/dimension")
    let properties = SpaceReader.searchablePaths.map { path, field in
      JSONObject.Member(path, ["description": .string(field.summary), "$ref": dimension])
    }
    return [
      "description": .string(
        "The dimensions of the search. Keys are key paths of model, inference and training for a network, and free "
          + "names for a function or a command."),
      "type": "object", "properties": .object(JSONObject(properties)), "additionalProperties": ["$ref": dimension],
    ]
  }
}

extension Dimension {
  package var json: JSONObject {
    var file = DimensionConfiguration()
    switch domain {
    case .values(let values): file.values = values
    case .float(let range, let log, let steps):
      file.range = [.number(range.lowerBound), .number(range.upperBound)]
      file.scale = log ? .log : nil
      file.steps = steps
    case .integer(let range, let log, let steps):
      file.range = [.integer(range.lowerBound), .integer(range.upperBound)]
      file.type = .integer
      file.scale = log ? .log : nil
      file.steps = steps
    }
    if let condition {
      file.when = [condition.name: condition.values.count == 1 ? condition.values[0] : .array(condition.values)]
    }
    return DimensionConfiguration.schema.write(file)
  }
}
