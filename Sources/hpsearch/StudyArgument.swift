import ArgumentParser
import Foundation
import StudyModel
import StudyStore

/// The STUDY of the commands that look at one.
struct StudyArgument: ParsableArguments {
  @Argument(help: "A name under studies/, or the path of a study's folder.")
  var study: String

  /// Opens the study for reading.
  func open() throws -> ReadableStudy {
    let directory = try locate()
    let reader = try StudyReader(directory)
    let header = try reader.header()
    do {
      let configuration = try SweepConfiguration(
        parsing: header.configuration, fileName: directory.configuration, defaultName: header.name)
      return ReadableStudy(
        argument: study, directory: directory, reader: reader, header: header, configuration: configuration)
    } catch {
      throw fail("the configuration in \(directory.database) cannot be read: \(error)")
    }
  }

  private static let parent = "studies"

  private func locate() throws -> StudyDirectory {
    let path = study.count > 1 && study.hasSuffix("/") ? String(study.dropLast()) : study
    let candidates = path.contains("/") || path == "." || path == ".." ? [path] : ["\(Self.parent)/\(path)", path]
    if let found = candidates.map({ StudyDirectory($0) }).first(where: \.holdsStudy) { return found }
    throw fail(notFound(path, candidates), status: ExitCode.usage)
  }

  private func notFound(_ path: String, _ candidates: [String]) -> String {
    if path.hasSuffix(".json"), FileManager.default.fileExists(atPath: path) {
      return "\(path) is a sweep file and not a study; hpsearch sweep \(path) makes the study, then use its name"
    }
    if let folder = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      return "there is no study in \(folder): it has no study.sqlite"
    }
    let known = Self.studies()
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let hint = Spelling.hint(for: name, in: known)
    let list = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? " and \(known.count - 20) more" : "")
    return "there is no study \"\(study)\"\(hint)\n"
      + (known.isEmpty
        ? "The folder \(Self.parent) has no study; hpsearch sweep FILE makes one."
        : "Studies in \(Self.parent): \(list)")
  }

  private static func studies() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [])
      .filter { StudyDirectory("\(parent)/\($0)").holdsStudy }.sorted()
  }
}

/// A study that is open for reading.
struct ReadableStudy {
  /// As the user named it.
  let argument: String
  let directory: StudyDirectory
  let reader: StudyReader
  let header: StudyHeader
  let configuration: SweepConfiguration

  /// `running` while a coordinator has the study, otherwise how it was left: a coordinator that was killed could not
  /// say so itself.
  func state(_ status: StudyStatus) -> (name: String, message: String?) {
    if status.phase == .running, reader.coordinator == nil {
      return (StudyStatus.Phase.interrupted.rawValue, "its coordinator is gone; the same sweep command resumes it")
    }
    return (status.phase.rawValue, status.message)
  }
}

extension SweepConfiguration {
  /// The number of trials that the sweep will have, as far as the configuration tells.
  var plannedTrials: Int? {
    let size = strategy.kind == .grid ? space.gridCount : space.cardinality
    return [strategy.trials, size].compactMap { $0 }.min()
  }
}
