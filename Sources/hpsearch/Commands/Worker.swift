import ArgumentParser
import Cluster
import Foundation
import Logging
import Objectives
import Tensors
import ZeroMQ

struct WorkerCommand: ComputingCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Work for a coordinator, on this or another machine.",
    discussion: """
      Runs until the study is done. Looks again for a coordinator that went away, and goes on where it was. Ctrl-C
      gives the running runs back after a checkpoint.

      Data paths are taken from the coordinator; --data says where the data lie on this machine if that differs.

      EXAMPLES:
        hpsearch worker tcp://coordinator:7777
        hpsearch worker tcp://coordinator:7777 --key worker.key
        hpsearch worker tcp://coordinator:7777 --slots 8            # eight runs at a time, each on one core
        srun --ntasks 32 hpsearch worker tcp://coordinator:7777     # on a cluster
      """)

  @Argument(help: ArgumentHelp("Where the coordinator listens, e.g. tcp://coordinator:7777.", valueName: "URL"))
  var url: String

  @Option(help: ArgumentHelp("Runs at a time.", valueName: "N"))
  var slots = 1

  @Option(
    help: ArgumentHelp(
      "BLAS threads; with one slot, also the members of an ensemble that are trained at a time.", valueName: "N"))
  var threads = 1

  @Option(help: ArgumentHelp("The name in logs and tables (default: host and process number).", valueName: "NAME"))
  var name: String?

  @Option(help: ArgumentHelp("Where relative data paths start on this machine.", valueName: "DIR"))
  var data: String?

  @Option(help: ArgumentHelp("The study's worker.key, for a coordinator that asks for one.", valueName: "FILE"))
  var key: String?

  @Option(help: ArgumentHelp("Give up after so many seconds without a coordinator.", valueName: "SECONDS"))
  var patience = 600.0

  @Flag(help: .hidden)
  var leashed = false

  func validate() throws {
    if !(1...4096).contains(slots) { throw ValidationError("--slots is \(slots); it must be 1 to 4096") }
    if threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more") }
    if !(patience > 0) { throw ValidationError("--patience is \(patience); it must be more than 0") }
    if !url.contains("://") { throw ValidationError("\(url) is not an address; expected tcp://HOST:PORT") }
    if name?.hasPrefix("local-") == true && !leashed {
      throw ValidationError("names that begin with \"local-\" are for workers that a coordinator starts itself")
    }
  }

  func run() throws {
    BLAS.setThreads(threads)
    let console = Console(isQuiet: true)
    let logger = Logger(label: "worker") { _ in ConsoleLogHandler(console: console, consoleLevel: .info) }
    var options = Worker.Options(name: name ?? "\(ProcessInfo.processInfo.hostName)-\(getpid())")
    options.slots = slots
    options.isLeashed = leashed
    options.arithmetic = "\(BLAS.coreName) kernels, \(BLAS.threads) BLAS thread(s), \(VectorWidth.bits)-bit vectors"
    options.patience = .seconds(patience)
    let signals = SignalPipe([SIGINT, SIGTERM])
    let data = data.map { URL(fileURLWithPath: $0).path }
    let url = url
    let key = try key.map(WorkerKey.worker)
    do {
      logger.info("looking for a coordinator at \(url)")
      // Slots have a processor each already.
      let threads = slots == 1 ? threads : 1
      let launcher = LeashedChild.launcher(executable: Executable.path)
      let worker = try Worker(
        options: options, logger: logger, signals: signals,
        objective: { configuration, directory in
          try makeObjective(for: configuration, directory: data ?? directory, threads: threads, launcher: launcher)
        },
        transport: { try ZeroMQWorkerTransport(connectingTo: url, wakeups: $0, serverKey: key) })
      if try worker.run() == .stopped && !leashed { throw ExitCode.interrupted }
    } catch let error as ExitCode {
      throw error
    } catch {
      throw fail(error)
    }
    // Slots wait for work for ever, and a run of a command may still hold its child: the end of the process ends both.
    // Without the exit handlers: they would take libraries down under threads that still compute.
    _exit(0)
  }
}
