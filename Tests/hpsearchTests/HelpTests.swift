import Testing

extension ProcessTests {
  @Suite struct HelpTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test(arguments: [
      "sweep", "worker", "status", "trials", "best", "tail", "explain", "surface", "replay", "validate", "doctor",
      "train", "predict",
    ])
    func `every command has help with examples`(command: String) throws {
      let help = try sandbox.run(command, "--help").output
      #expect(help.contains("OVERVIEW: ") && help.contains("EXAMPLES:") && help.contains("hpsearch \(command)"))
    }

    @Test func `doctor says what this machine has, as a table and as JSON`() throws {
      let table = try sandbox.run("doctor").output
      for word in ["OpenBLAS", "blas kernels", "GFLOP/s", "zeromq", "sqlite", "fsync"] {
        #expect(table.contains(word), "\(table)")
      }
      #expect(try sandbox.run("doctor", "--format", "json").output.hasPrefix("["))
    }

    @Test func `the kernels that a user asks for are kept`() throws {
      let program = try sandbox.start(
        ["OPENBLAS_CORETYPE=Haswell", Sandbox.executable("hpsearch"), "doctor"], program: "/usr/bin/env")
      program.wait()
      #expect(program.output.contains("because OPENBLAS_CORETYPE is set"), "\(program.output)")
    }

    @Test func `validate prints the space and the number of runs`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 6, epochs: 20))
      let output = try sandbox.run("validate", "network.json").output
      #expect(output.contains("inference.prior.scale") && output.contains("12"))
    }
  }
}
