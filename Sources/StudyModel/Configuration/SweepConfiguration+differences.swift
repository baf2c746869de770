extension SweepConfiguration {
  /// What this configuration, the one in a file, has otherwise than the study that it is to go on with. One line each:
  /// `training.learningRate: 0.001 in the study, 0.01 in the file`.
  ///
  /// - Parameter ignoringBudget: Leaves `strategy.trials` out.
  package func differences(from study: SweepConfiguration, ignoringBudget: Bool = false) -> [String] {
    var lines: [String] = []
    Self.compare(study.json.object ?? [:], json.object ?? [:], ConfigurationPath(), &lines) { path in
      ignoringBudget && path == "strategy.trials"
    }
    if study.space != space, Set(study.space.dimensions) == Set(space.dimensions) {
      lines.append("space: the dimensions have another order in the file")
    }
    return lines
  }

  private static func compare(
    _ study: JSONObject, _ file: JSONObject, _ path: ConfigurationPath, _ lines: inout [String],
    ignoring: (ConfigurationPath) -> Bool
  ) {
    for key in study.keys + file.keys.filter({ study[$0] == nil }) {
      let place = path.appending(key)
      let (old, new) = (study[key], file[key])
      if old == new || ignoring(place) { continue }
      if let old = old?.object, let new = new?.object {
        compare(old, new, place, &lines, ignoring: ignoring)
      } else {
        lines.append("\(place): \(describe(old)) in the study, \(describe(new)) in the file")
      }
    }
  }

  private static func describe(_ value: JSONValue?) -> String {
    value.map { $0.canonical.serialized() } ?? "not given"
  }
}
