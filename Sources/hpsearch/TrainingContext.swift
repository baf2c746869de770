import Foundation
import Objectives
import StudyModel

/// A training that a user runs in a terminal: what it says goes to standard error, its checkpoints to a file.
final class TrainingContext: RunContext {
  private let configuration: SweepConfiguration
  private let fold: Int
  private let checkpointFile: OutputFile
  private let isQuiet: Bool
  private var lastCheckpoint = ContinuousClock.now
  /// Why the last checkpoint could not be written.
  private(set) var problem: (any Error)?

  init(_ configuration: SweepConfiguration, fold: Int, checkpointFile: OutputFile, isQuiet: Bool) {
    self.configuration = configuration
    self.fold = fold
    self.checkpointFile = checkpointFile
    self.isQuiet = isQuiet
  }

  func log(_ level: LogLevel, _ message: String) {
    switch level {
    case .debug: break
    case .info: if !isQuiet { StandardError.write("\(message)\n") }
    case .warning, .error: StandardError.write("\(level.rawValue): \(message)\n")
    }
  }

  /// What there is to say is in the log.
  func report(step: Int, of total: Int?, metrics: [String: Double]) {}

  /// One configuration explores nothing.
  func survey(_ survey: Survey) {}

  var checkpointDue: Bool {
    ContinuousClock.now - lastCheckpoint >= .seconds(configuration.checkpoint.seconds)
  }

  func checkpoint(step: Int, bytes: [UInt8]) {
    lastCheckpoint = .now
    do {
      let file = TrainedNetworkCheckpoint(configuration: configuration, fold: fold, state: bytes)
      try checkpointFile.write(try file.encode())
      problem = nil
    } catch {
      problem = error
      log(.warning, "no checkpoint: \(error)")
    }
  }

  var stopRequested: Bool { StopSignal.isRaised }
}
