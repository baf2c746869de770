import ClusterProtocol
import Foundation
import StudyModel
import Testing
import ZeroMQ

extension ProcessTests {
  @Suite struct RemoteWorkerTests {
    let sandbox: Sandbox
    let context: Context

    init() throws {
      sandbox = try Sandbox()
      context = try Context()
    }

    /// Where the coordinator says that it listens.
    private func address(of sweep: Program) throws -> String {
      var address = ""
      try sandbox.wait(for: "the address") {
        address =
          sweep.errors.split(separator: "\n").first { $0.hasPrefix("Listening for workers at ") }
          .map { String($0.dropFirst("Listening for workers at ".count)) } ?? ""
        return !address.isEmpty
      }
      return address
    }

    private func startCoordinator(_ file: String) throws -> (Program, address: String) {
      let sweep = try sandbox.start("sweep", file, "--workers", "0", "--bind", "tcp://127.0.0.1:*")
      return (sweep, try address(of: sweep))
    }

    @Test func `a coordinator without workers and two separate workers do the same work as the one command`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 6, epochs: 20))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "together")
      let (sweep, address) = try startCoordinator("network.json")
      let workers = try ["alpha", "beta"].map { try sandbox.start("worker", address, "--name", $0) }
      sweep.wait()
      #expect(sweep.status == 0)
      for worker in workers {
        worker.wait()
        #expect(worker.status == 0)
      }
      #expect(try sandbox.trials("network") == sandbox.trials("./together"))
    }

    @Test func `separate workers outlive kill -9 of the coordinator and go on with the next`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 3, epochs: 20_000))
      _ = try sandbox.run("sweep", "network.json", "--workers", "2", "--directory", "together")
      let (sweep, address) = try startCoordinator("network.json")
      let workers = try ["alpha", "beta"].map { try sandbox.start("worker", address, "--name", $0) }
      try sandbox.wait(for: "runs") { SweepTests.reports(sandbox) > 3 }
      sweep.kill()
      let again = try sandbox.start("sweep", "network.json", "--workers", "0", "--bind", address)
      again.wait()
      #expect(again.status == 0, "\(again.errors)")
      for worker in workers {
        worker.wait()
        #expect(worker.status == 0)
      }
      #expect(try sandbox.trials("network") == sandbox.trials("./together"))
    }

    @Test func `garbage at the port is logged, and the sweep carries on`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 2, epochs: 20))
      let (sweep, address) = try startCoordinator("network.json")
      let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
      // Bytes that are not ZeroMQ ...
      for bytes in [Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0xff, count: 5000), [0], []] {
        try Self.send(bytes, to: port)
      }
      // ... and ZeroMQ that is not hpsearch.
      let stranger = try Socket(.dealer, in: context)
      try stranger.set(.linger(0))
      try stranger.connect(address)
      try stranger.send([Array("hello?".utf8)])
      try stranger.send([[1], [2], [3]])
      try stranger.send([Array("HP".utf8) + [ProtocolVersion.current, 200]])
      let worker = try sandbox.start("worker", address)
      sweep.wait()
      worker.wait()
      #expect(sweep.status == 0 && worker.status == 0)
      let log = try sandbox.read("studies/network/logs/coordinator.log")
      #expect(log.contains("not a message of hpsearch, starting \"hello?\""))
      #expect(log.contains("unknown kind of message 200"))
      #expect(log.contains("was refused"))
    }

    @Test func `a worker of another protocol version is told so`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      let (sweep, address) = try startCoordinator("noop.json")
      let old = try Socket(.dealer, in: context)
      try old.set(.linger(0))
      try old.connect(address)
      var hello = WorkerMessage.hello(Hello(token: "t", name: "old", host: "h", processID: 1, slots: 1)).encoded()
      hello[2] = 99
      try old.send([hello])
      var poller = Poller()
      poller.add(old)
      try poller.wait(milliseconds: 5000)
      let answer = try #require(try old.receive()?.first)
      guard case .rejected(let reason) = try CoordinatorMessage(decoding: answer) else {
        Issue.record("not rejected")
        return
      }
      #expect(reason.contains("version 99") && reason.contains("same release"))
      let worker = try sandbox.start("worker", address)
      sweep.wait()
      worker.wait()
      #expect(sweep.status == 0)
    }

    @Test func `a worker that meets another protocol version ends with the reason`() throws {
      let coordinator = try Socket(.router, in: context)
      try coordinator.set(.linger(0))
      try coordinator.bind("tcp://127.0.0.1:*")
      let worker = try sandbox.start("worker", try coordinator.lastEndpoint())
      var poller = Poller()
      poller.add(coordinator)
      try poller.wait(milliseconds: 10_000)
      let hello = try #require(try coordinator.receive())
      var welcome = CoordinatorMessage.heartbeat.encoded()
      welcome[2] = 99
      try coordinator.send([hello[0], welcome])
      worker.wait()
      #expect(worker.status == 1)
      #expect(worker.errors.contains("protocol version 99 at the other end, \(ProtocolVersion.current) here"))
    }

    @Test func `beyond this machine only workers with the key take part`() throws {
      try sandbox.write("network.json", SweepFiles.network(trials: 3, epochs: 20))
      let sweep = try sandbox.start("sweep", "network.json", "--workers", "0", "--bind", "tcp://0.0.0.0:*")
      let address = try address(of: sweep).replacingOccurrences(of: "0.0.0.0", with: "127.0.0.1")
      let key = "\(sandbox.path)/studies/network/worker.key"
      let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let stranger = try sandbox.run("worker", address, "--patience", "1", status: 1)
      #expect(stranger.errors.contains("--key"))
      try sandbox.write("other.key", String(repeating: "a", count: 40))
      _ = try sandbox.run("worker", address, "--patience", "1", "--key", "other.key", status: 1)
      #expect(sweep.isRunning)
      let worker = try sandbox.run("worker", address, "--key", key)
      sweep.wait()
      #expect(worker.status == 0 && sweep.status == 0)
    }

    @Test func `a worker that finds no coordinator says so in the end`() throws {
      let worker = try sandbox.run("worker", "tcp://127.0.0.1:1", "--patience", "1", status: 1)
      #expect(worker.errors.contains("no coordinator answered for 1 s"))
    }

    @Test func `a port in use is one clear error`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 5))
      let other = try Socket(.router, in: context)
      try other.bind("tcp://127.0.0.1:*")
      let address = try other.lastEndpoint()
      let sweep = try sandbox.run("sweep", "noop.json", "--bind", address, status: 1)
      #expect(sweep.errors.contains("cannot listen on \(address): Address already in use"))
    }

    private static func send(_ bytes: [UInt8], to port: UInt16) throws {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      try #require(status == 0)
      _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      Thread.sleep(forTimeInterval: 0.1)
    }
  }
}
