import ArgumentParser
import Foundation
import StudyModel
import Tensors

struct Amortise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Training steps until a hypernetwork, gradients, a Gaussian process and random search have the same score.",
    discussion: """
      For every sweep file and seed, runs random search, the Gaussian process, the hypernetwork and the descent along \
      gradients with the same objective, one trial after another, and counts training steps: of an ordinary run its epochs \
      times the steps of an epoch, of an exploration all that it takes, the reading of the surface included; an evaluation \
      of a loss with its derivatives, or a product with second derivatives, counts as a step. Only trials that were trained \
      at their point have a score. The target is the best of the random trials of the same seed.

      EXAMPLES:
        hpsearch-bench amortise configs/hypernetwork-priors.json --plot amortise.svg
        hpsearch-bench amortise configs/hypernetwork-yacht.json configs/hypernetwork-boston.json --data DATA
        hpsearch-bench amortise configs/hypernetwork-priors.json --metric lppd
      """)

  @Argument(help: "Sweep files (JSON) whose strategy is a hypernetwork.")
  var files: [String]

  @Option(help: "Searches of each strategy.")
  var seeds = 5

  @Option(help: "Trials of random search.")
  var trials = 100

  @Option(help: "Trials of the Gaussian process.")
  var gaussianProcessTrials = 25

  @Option(help: "Trials with a hypernetwork, those that explore included.")
  var hypernetworkTrials = 8

  @Option(help: "Trials along gradients, the descents included.")
  var gradientTrials = 8

  @Option(help: ArgumentHelp("elbo, lppd or nll instead of the file's own.", valueName: "NAME"))
  var metric: String?

  @Option(
    help: ArgumentHelp("Relative data paths start here, instead of from the sweep file's folder.", valueName: "DIR"))
  var data: String?

  @Option(help: ArgumentHelp("Write the curves to this file, a panel for each sweep file.", valueName: "FILE.svg"))
  var plot: String?

  func validate() throws {
    try check([
      "seeds": seeds, "trials": trials, "gaussian-process-trials": gaussianProcessTrials,
      "hypernetwork-trials": hypernetworkTrials, "gradient-trials": gradientTrials,
    ])
  }

  func run() throws {
    BLAS.setThreads(1)
    var panels: [SearchCurves] = []
    for file in files {
      let curves = try curves(of: file)
      print(curves.table)
      panels.append(curves)
    }
    if let plot { try Data(CurvePicture(panels).svg.utf8).write(to: URL(fileURLWithPath: plot)) }
  }

  private func curves(of file: String) throws -> SearchCurves {
    let sweep = try SweepFile(file, data: data)
    var configuration = sweep.configuration
    guard configuration.strategy.kind == .hypernetwork else {
      throw ValidationError(
        "\(file): the strategy is \"\(configuration.strategy.kind.rawValue)\", not \"hypernetwork\"")
    }
    if let metric {
      configuration.objective.metric = metric
      configuration.objective.goal = metric == "nll" ? .minimize : .maximize
    }
    let budgets: [(kind: SweepConfiguration.Strategy.Kind, trials: Int)] = [
      (.random, trials), (.gaussianProcess, gaussianProcessTrials), (.hypernetwork, hypernetworkTrials),
      (.gradient, gradientTrials),
    ]
    var searches: [SearchCurves.Strategy] = []
    for (kind, trials) in budgets {
      var own = configuration
      if kind != .hypernetwork { own.strategy = SweepConfiguration.Strategy() }
      own.strategy.kind = kind
      own.strategy.trials = trials
      var courses: [ExploringSearch.Course] = []
      for seed in 0..<seeds {
        own.seed = seed
        let course = try ExploringSearch(own, directory: sweep.directory).run(trials: trials)
        courses.append(course)
        let best = course.best.map(SearchCurves.number) ?? "no score"
        let line = "\(configuration.name) \(kind.rawValue), seed \(seed): \(best) after \(course.steps) steps\n"
        FileHandle.standardError.write(Data(line.utf8))
      }
      searches.append(SearchCurves.Strategy(name: kind.rawValue, courses: courses))
    }
    return SearchCurves(
      name: configuration.name, metric: configuration.objective.metric, goal: configuration.objective.goal,
      strategies: searches)
  }
}
