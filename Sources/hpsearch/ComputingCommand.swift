import ArgumentParser

/// A command that computes, or starts processes that do: before it runs, the process has the best BLAS kernels for the
/// processor, if need be by starting again.
protocol ComputingCommand: ParsableCommand {}
