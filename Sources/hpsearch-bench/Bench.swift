import ArgumentParser
import Tensors

@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hpsearch-bench",
    abstract: "Measures hpsearch, in the same units as the peers' scripts.",
    subcommands: [
      Step.self, Dispatch.self, Suggest.self, Regret.self, Race.self, Polynomials.self, Amortise.self, Poster.self,
      ManyHyperparameters.self, PriorScales.self,
    ])

  static func main() {
    BLAS.restartWithBetterKernels()
    main(nil)
  }
}
