import ArgumentParser
import Foundation
import Tensors

struct Poster: ParsableCommand {
  enum Study: String, ExpressibleByArgument, CaseIterable {
    case figure = "figure-2"
    case weights = "l2-study"
  }

  static let configuration = CommandConfiguration(
    abstract: "Global hypernetworks on MNIST: figure 2 and the study of ten L2 weights of the hypernetworks poster.",
    discussion: """
      Two experiments of the poster "Stochastic hyperparameter optimization through hypernetworks" on a linear model \
      with squared error.

      figure-2 learns the weights of 10 images as a function of one L2 weight, prints the validation loss on 10,000 \
      others beside trainings from scratch and the exact curve, and says where the optimum lies under other ways to \
      scale loss and penalty and with other images.

      l2-study learns them as a function of ten L2 weights, one for each class, and prints the true loss at the \
      predicted best of 10,215 random points beside the poster's column and a Gaussian process search.

      EXAMPLES:
        hpsearch-bench poster figure-2 --data DATA --plot figure-2.svg
        hpsearch-bench poster l2-study --data DATA --seeds 5
      """)

  @Argument(help: "figure-2 or l2-study.")
  var study: Study

  @Option(help: ArgumentHelp("The folder that holds mnist/ (default: HPSEARCH_DATA).", valueName: "DIR"))
  var data: String?

  @Option(help: "Sets of training images of figure-2, or searches of each kind.")
  var seeds = 5

  @Option(
    help: "Trials of each Gaussian process search in l2-study; with random tuples it has as many as the hypernetworks.")
  var trials = 100

  @Option(help: ArgumentHelp("Draw figure-2 into this SVG file.", valueName: "FILE"))
  var plot: String?

  func validate() throws {
    try check(["seeds": seeds, "trials": trials])
    guard plot == nil || study == .figure else { throw ValidationError("--plot is for figure-2") }
  }

  func run() throws {
    BLAS.setThreads(1)
    switch study {
    case .figure: try PosterFigure(data: data, sets: seeds).run(plot: plot)
    case .weights: try PosterStudy(data: data, seeds: seeds, trials: trials).run()
    }
  }
}
