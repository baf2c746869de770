import ArgumentParser
import Foundation
import Tensors

@main
struct HPSearch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hpsearch",
    abstract: "Finds the prior and the hyperparameters of a Bayesian neural network.",
    discussion: """
      A coordinator searches, worker processes train, and every result is on disk before it counts.

      EXAMPLES:
        hpsearch sweep configs/priors.json                  # everything on this machine
        hpsearch status priors                              # where it stands
        hpsearch tail priors --follow                       # the logs of its runs, live
        hpsearch best priors                                # the answer
        hpsearch train winner.json                          # one network, saved
        hpsearch predict winner.safetensors new.csv         # what it says about other data

        hpsearch sweep priors.json --workers 0 --bind tcp://0.0.0.0:7777              # on one machine,
        hpsearch worker tcp://coordinator:7777 --key worker.key                       # on any number of others
      """,
    version: "0.1.0",
    subcommands: [
      Sweep.self, WorkerCommand.self, Status.self, Trials.self, Best.self, Tail.self, Explain.self, Surface.self,
      Replay.self, Train.self, Predict.self, Validate.self, Doctor.self,
    ])

  static func main() {
    // A reader that closes its end (`| head`) is no reason to die in the middle of a commit: writes fail instead.
    signal(SIGPIPE, SIG_IGN)
    if LeashedChild.isAsked(CommandLine.arguments) { LeashedChild.become(CommandLine.arguments) }
    let mayBeStopped = CommandLine.arguments.dropFirst().first == Train._commandName
    if mayBeStopped { StopSignal.watch() }
    do {
      var command = try parseAsRoot()
      if command is any ComputingCommand {
        if mayBeStopped { StopSignal.holdForRestart() }
        BLAS.restartWithBetterKernels()
      }
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}
