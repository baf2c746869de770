package import StudyModel

/// What a run of this sweep does. Each slot of a worker makes its own; the slots of one process share the data.
///
/// - Parameters:
///   - directory: The folder that relative paths start from.
///   - threads: The members of an ensemble that a run may train at a time.
///   - launcher: What goes before the program of a command; see `CommandObjective`.
/// - Throws: `ObjectiveError` or `DatasetError`.
package func makeObjective(
  for configuration: SweepConfiguration, directory: String, threads: Int = 1, launcher: [String] = []
) throws -> any Objective {
  if configuration.objective.command != nil {
    return try CommandObjective(configuration, directory: directory, launcher: launcher)
  }
  if let function = configuration.objective.function {
    return try testFunctionObjective(function, configuration)
  }
  return try BayesianNetworkObjective(
    configuration, data: StudyData.shared(for: configuration, directory: directory), threads: threads)
}

/// Checks, before a study starts, everything that would make every run of it fail: that the program is there, that the
/// data can be read, has what the model needs and can be split, that the metric exists.
///
/// - Throws: `ObjectiveError` or `DatasetError`.
package func checkObjective(for configuration: SweepConfiguration, directory: String) throws {
  if configuration.objective.isNetwork {
    // Not shared: nothing of the data stays in memory.
    _ = try BayesianNetworkObjective(configuration, data: StudyData(configuration, directory: directory))
  } else {
    _ = try makeObjective(for: configuration, directory: directory)
  }
}

private func testFunctionObjective(
  _ function: SweepConfiguration.Objective.Function, _ configuration: SweepConfiguration
) throws(ObjectiveError) -> any Objective {
  switch function {
  case .branin: try TestFunctionObjective(configuration, Branin.self)
  case .hartmann6: try TestFunctionObjective(configuration, Hartmann6.self)
  case .ackley: try TestFunctionObjective(configuration, Ackley.self)
  case .levy: try TestFunctionObjective(configuration, Levy.self)
  case .rosenbrock: try TestFunctionObjective(configuration, Rosenbrock.self)
  case .noop: try NoopObjective(configuration)
  }
}
