import ArgumentParser
import Foundation
import StudyModel
import StudyStore

/// The study that a sweep writes to: a new one, or one that goes on.
struct OpenStudy {
  let configuration: SweepConfiguration
  let directory: StudyDirectory
  let store: SQLiteStudyStore
  let resumes: Bool
  /// How a user names the study in other commands.
  let reference: String

  /// - Throws: `ExitCode`, after the reason was said on standard error: 64 when the study has another configuration, 1
  ///   when the folder cannot be used.
  init(configuration: SweepConfiguration, directory path: String?) throws {
    self.configuration = configuration
    reference = path ?? configuration.name
    directory = StudyDirectory(path ?? "studies/\(configuration.name)")
    do {
      if let existing = try Self.existing(in: directory) {
        store = existing
        resumes = true
      } else {
        let header = StudyHeader(
          name: configuration.name, configuration: configuration.json.serialized(pretty: true),
          plan: configuration.plan,
          seed: configuration.seed, createdAt: Date().timeIntervalSince1970)
        store = try SQLiteStudyStore.create(header, in: directory)
        resumes = false
      }
    } catch {
      throw fail(error)
    }
    if resumes { try compare() }
  }

  /// A folder whose first moment was cut short by a crash holds a database and no study yet: that is none.
  private static func existing(in directory: StudyDirectory) throws(StoreError) -> SQLiteStudyStore? {
    guard directory.holdsStudy else { return nil }
    do {
      return try SQLiteStudyStore.open(directory)
    } catch  where error.kind == .missing {
      return nil
    }
  }

  private func compare() throws {
    let frozen: SweepConfiguration
    do {
      let text = store.header().configuration
      frozen = try SweepConfiguration(parsing: text, fileName: directory.configuration, defaultName: configuration.name)
    } catch {
      throw fail(error)
    }
    let differences = configuration.differences(from: frozen, ignoringBudget: true)
    guard differences.isEmpty else {
      let list = differences.map { "  \($0)" }.joined(separator: "\n")
      throw fail(
        "the study \(directory.path) was begun with another configuration:\n\(list)\n"
          + "Give this sweep a name of its own (--name), or go on with the study's own file, \(directory.configuration)",
        status: ExitCode.usage)
    }
    if configuration.strategy.trials != frozen.strategy.trials {
      do {
        try store.replaceConfiguration(configuration.json.serialized(pretty: true))
      } catch {
        throw fail(error)
      }
    }
  }
}
