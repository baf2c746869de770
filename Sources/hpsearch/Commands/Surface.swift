import ArgumentParser
import Foundation
import Reports
import StudyModel
import StudyStore

struct Surface: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the surface that a search without retraining has learned.",
    discussion: """
      For each exploration of a study whose strategy is "hypernetwork": which dimensions it explored and what the others \
      were, the best that it predicts, and a slice of the learned surface along each dimension beside the ordinary trials \
      that verify it, with how far off the surface was there, run by run. The plot is an SVG file that has a plane for each \
      pair of dimensions too, with the way that the search took. It works also while the sweep is running; it reads and \
      changes nothing.

      In the text a dot is what was learned, with its error, and a cross what a training gave, with its standard error. \
      The formats json and csv have all numbers.

      EXAMPLES:
        hpsearch surface priors
        hpsearch surface priors --plot priors.svg
        hpsearch surface priors --trial 0 --format csv > surface.csv
        hpsearch surface priors --format json | jq '.explorations[] | {trial, optimum, off}'
      """)

  @OptionGroup var study: StudyArgument

  @Option(help: "How it is shown.")
  var format = OutputFormat.table

  @Option(
    help: ArgumentHelp("Write a picture to this file (SVG) too.", valueName: "FILE.svg"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @Option(help: ArgumentHelp("The exploration of this trial only.", valueName: "N"))
  var trial: Int?

  func validate() throws {
    if let plot, !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError("--plot writes SVG: give a name that ends in .svg instead of \"\(plot)\"")
    }
  }

  func run() throws {
    let study = try study.open()
    let trials = try study.reader.trials()
    try check(trials, study)
    let report = SurfaceReport(
      study: study.header.name, configuration: study.configuration, plan: study.header.plan, trials: trials,
      trial: trial)
    if report.surfaces.isEmpty, report.relaxed.isEmpty {
      throw fail("no exploration of \(study.header.name) is done yet\n" + report.render(width: nil, style: .plain))
    }
    try write(report)
    switch format {
    case .table:
      let terminal = StandardOutput.terminal
      StandardOutput.write(report.render(width: terminal.width, style: terminal.style))
    case .json: StandardOutput.write(documentText(report.json))
    case .csv: StandardOutput.write(report.csv)
    }
  }

  private func check(_ trials: [TrialRecord], _ study: ReadableStudy) throws {
    let name = study.header.name
    let explorations = trials.filter { $0.exploration != nil }.map { String($0.number) }
    guard !explorations.isEmpty else {
      if study.configuration.strategy.kind.explores {
        throw fail("no exploration of \(name) was begun yet; hpsearch status \(self.study.study) says where it stands")
      }
      throw fail(
        "\(name) has no exploration: its strategy, \(study.configuration.strategy.kind.rawValue), trains at each point\n"
          + "A sweep with {\"strategy\": {\"kind\": \"hypernetwork\"}} learns a surface; hpsearch explain "
          + "\(self.study.study) shows what a model makes of the trials of any strategy")
    }
    guard let trial, !explorations.contains(String(trial)) else { return }
    let known = "Explorations: \(explorations.joined(separator: ", "))"
    guard trials.contains(where: { $0.number == trial }) else {
      throw fail("\(name) has no trial \(trial)\n\(known)", status: ExitCode.usage)
    }
    throw fail("trial \(trial) of \(name) is an ordinary trial, and no exploration\n\(known)", status: ExitCode.usage)
  }

  /// The picture first: where it cannot be written, nothing else is said.
  private func write(_ report: SurfaceReport) throws {
    guard let plot else { return }
    // A link is followed, so that the file that it names is replaced and not the link.
    let file = OutputFile(URL(fileURLWithPath: plot).resolvingSymlinksInPath().path)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), isFolder.boolValue {
      throw fail("cannot write the plot: \(plot) is a folder")
    }
    do {
      try file.checkFolder()
      try file.write(Array(SurfacePlot(report).svg.utf8))
    } catch {
      throw fail("the plot \(plot) cannot be written: \(error)")
    }
    StandardError.write("The plot is in \(plot)\n")
  }
}
