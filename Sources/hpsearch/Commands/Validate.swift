import ArgumentParser
import Foundation
import Objectives
import Reports
import StudyModel

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a sweep file without running anything.",
    discussion: """
      Reads the file and the data that it names, and shows the space, the number of trials and the number of runs. \
      All that is wrong is told at once, each fault with its place in the file; the exit status is then 64.

      EXAMPLES:
        hpsearch validate configs/priors.json
        hpsearch validate uci.json --data ~/datasets --format json | jq .runs
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Argument(help: "The sweep file (JSON).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(
    help: ArgumentHelp("Relative data paths start here, instead of from the sweep file's folder.", valueName: "DIR"))
  var data: String?

  @Option(help: "How it is shown.")
  var format = Format.table

  func run() throws {
    let description: SweepDescription
    do {
      description = try check()
    } catch {
      let error =
        error as? ConfigurationError
        ?? ConfigurationError(fileName: file, issues: [.init(ConfigurationPath(), "\(error)")])
      if format == .json { StandardOutput.write(documentText(SweepDescription.json(error))) }
      throw fail(error, status: ExitCode.usage)
    }
    switch format {
    case .table: StandardOutput.write(description.text(style: StandardOutput.terminal.style))
    case .json: StandardOutput.write(documentText(description.json))
    }
  }

  private func check() throws -> SweepDescription {
    let url = URL(fileURLWithPath: file)
    let bytes: Data
    do {
      bytes = try Data(contentsOf: url)
    } catch {
      throw ConfigurationError(
        fileName: file, issues: [.init(ConfigurationPath(), "cannot be read: \(error.reasonText)")])
    }
    let configuration = try SweepConfiguration(
      parsing: bytes, fileName: file, defaultName: url.deletingPathExtension().lastPathComponent)
    let folder = data.map { URL(fileURLWithPath: $0) } ?? url.deletingLastPathComponent()
    let data = try dataSummary(for: configuration, directory: folder.path)
    return SweepDescription(file: file, configuration: configuration, data: data)
  }
}
