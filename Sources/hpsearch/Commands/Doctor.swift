import ArgumentParser
import Reports
import StudyModel

struct Doctor: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what this machine has, and what would make it better.",
    discussion: """
      The processor and the vectors that hpsearch was built for, the linear algebra library, its kernels and \
      their speed, ZeroMQ and CURVE, SQLite, how long a commit to the current folder takes, and python3 for sweeps \
      whose objective is a Python program. A warning comes with what to do about it. Run it on every machine of a \
      cluster.

      EXAMPLES:
        hpsearch doctor
        srun --ntasks-per-node 1 hpsearch doctor --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Option(help: "How it is shown.")
  var format = Format.table

  func run() throws {
    let findings =
      ProcessorCheck.findings() + BLASCheck.findings() + LibraryCheck.findings() + [
        StorageCheck.finding(), ProgramCheck.python(),
      ]
    switch format {
    case .table:
      let terminal = StandardOutput.terminal
      StandardOutput.write(Finding.table(findings, width: terminal.width, style: terminal.style))
    case .json: StandardOutput.write(documentText(.array(findings.map(\.json))))
    }
  }
}
