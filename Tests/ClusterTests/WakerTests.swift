import Cluster
import ClusterProtocol
import Foundation
import Testing

/// A wait that is not ended fails by the time limit.
@Suite(.timeLimit(.minutes(1))) struct WakerTests {
  private static let transports: [@Sendable () throws -> any CoordinatorTransport] = [
    { InProcessNetwork().coordinator() }, { try ZeroMQCoordinatorTransport(wakeups: []) },
  ]

  @Test(arguments: 0..<2) func `another thread ends the wait, and one that was early ends the next`(
    index: Int
  ) throws {
    let transport = try Self.transports[index]()
    let waker = transport.waker
    for isEarly in [true, false, true] {
      if isEarly {
        waker()
      } else {
        Thread.detachNewThread {
          Thread.sleep(forTimeInterval: 0.05)
          waker()
        }
      }
      #expect(try transport.receive(timeout: .seconds(600)).isEmpty)
    }
    // Once is once.
    #expect(try transport.receive(timeout: .milliseconds(20)).isEmpty)
  }

  @Test(arguments: 0..<2) func `waking a transport that is gone does no harm`(index: Int) throws {
    let waker = try Self.transports[index]().waker
    waker()
  }
}
