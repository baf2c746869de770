import Cluster
import Testing

@Suite struct AskPacingTests {
  private func pacing(ask: Double, work: Double) -> AskPacing {
    var pacing = AskPacing()
    pacing.asked(seconds: ask)
    pacing.completed(seconds: work)
    return pacing
  }

  @Test func `with one slot nothing is prepared, however long an ask takes`() {
    #expect(pacing(ask: 10, work: 1).ahead(slots: 1, runsPerTrial: 1) == 0)
    #expect(pacing(ask: 10, work: 1).ahead(slots: 0, runsPerTrial: 1) == 0)
  }

  @Test func `nothing is prepared before it is known how long trials take`() {
    var pacing = AskPacing()
    #expect(pacing.ahead(slots: 4, runsPerTrial: 1) == 0)
    pacing.asked(seconds: 3)
    #expect(pacing.ahead(slots: 4, runsPerTrial: 1) == 0)
  }

  @Test(arguments: [(0.019, 0), (0.021, 1), (0.09, 1), (0.11, 2), (5, 2)])
  func `with 4 slots and trials of a second`(ask: Double, ahead: Int) {
    #expect(pacing(ask: ask, work: 1).ahead(slots: 4, runsPerTrial: 1) == ahead)
  }

  @Test func `an ask stops all slots that the runs of a trial would fill`() {
    // Two rounds of 4 runs of 1 s each.
    #expect(pacing(ask: 0.03, work: 8).ahead(slots: 4, runsPerTrial: 8) == 0)
    #expect(pacing(ask: 0.05, work: 8).ahead(slots: 4, runsPerTrial: 8) == 1)
    #expect(pacing(ask: 0.05, work: 8).ahead(slots: 2, runsPerTrial: 8) == 0)
  }

  @Test func `one slow ask is enough to prepare the next, and quick ones undo it in time`() {
    var pacing = pacing(ask: 0.001, work: 1)
    #expect(pacing.ahead(slots: 4, runsPerTrial: 1) == 0)
    pacing.asked(seconds: 0.08)
    #expect(pacing.ahead(slots: 4, runsPerTrial: 1) == 1)
    for _ in 0..<10 { pacing.asked(seconds: 0.001) }
    #expect(pacing.ahead(slots: 4, runsPerTrial: 1) == 0)
  }
}
