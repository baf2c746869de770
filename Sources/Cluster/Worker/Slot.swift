import ClusterProtocol
import Foundation
import StudyModel

/// A thread that runs one run at a time with an objective of its own.
///
/// `@unchecked Sendable`: `job` is the only state that two threads touch, and `condition` guards it.
final class Slot: @unchecked Sendable {
  struct Job {
    var assignment: Assignment
    var context: SlotContext
  }

  private let mailbox: Mailbox
  private let configuration: SweepConfiguration
  private let makeObjective: @Sendable () throws -> any Objective
  private let condition = NSCondition()
  private var job: Job?
  private static let stackSize = 8 << 20

  init(
    index: Int, configuration: SweepConfiguration, mailbox: Mailbox,
    makeObjective: @escaping @Sendable () throws -> any Objective
  ) {
    self.mailbox = mailbox
    self.configuration = configuration
    self.makeObjective = makeObjective
    let thread = Thread { [self] in work() }
    thread.name = "slot-\(index)"
    thread.stackSize = Self.stackSize
    thread.start()
  }

  func start(_ job: Job) {
    condition.lock()
    precondition(self.job == nil, "a slot was given a run before it took the last one")
    self.job = job
    condition.signal()
    condition.unlock()
  }

  private func next() -> Job {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let job {
        self.job = nil
        return job
      }
      condition.wait()
    }
  }

  private func work() {
    let objective: any Objective
    do {
      objective = try makeObjective()
    } catch {
      mailbox.post(.unable(reason: "\(error)"))
      return
    }
    while true {
      let job = next()
      let start = Uptime.now
      let ending: WorkerSession.RunEnding
      do {
        let metrics = try objective.run(try assignment(job.assignment), context: job.context)
        ending = .ended(.done(metrics: metrics), seconds: (Uptime.now - start).inSeconds)
      } catch is RunInterrupted {
        ending = .interrupted
      } catch {
        ending = .ended(.failed(reason: "\(error)"), seconds: (Uptime.now - start).inSeconds)
      }
      mailbox.post(.ended(job.assignment.attempt, ending))
    }
  }

  private func assignment(_ wire: Assignment) throws -> RunAssignment {
    guard let values = try JSONValue(parsing: wire.point).object else {
      throw WireError("the point of \(wire.attempt.run) is not a JSON object: \(wire.point)")
    }
    let point = Point(values)
    return RunAssignment(
      attempt: wire.attempt, fold: wire.fold, seed: wire.seed, point: point,
      configuration: try configuration.applying(point), checkpoint: wire.checkpoint,
      scoredRun: wire.member.map { RunID(trial: wire.attempt.run.trial, index: $0.scoredIndex) },
      part: wire.member?.part, memberStates: wire.memberStates,
      exploration: try wire.exploration.map { text in
        guard let exploration = Exploration(try JSONValue(parsing: text)) else {
          throw WireError("what \(wire.attempt.run) is to explore cannot be read: \(text)")
        }
        return exploration
      })
  }
}
