package import ClusterProtocol
import Foundation
package import Logging
package import StudyModel

/// A worker as a service: this thread talks to the coordinator, slots of their own run the runs. A slot that computes
/// for hours never delays a sign of life.
package final class Worker {
  package enum Ending: Hashable, Sendable {
    case finished
    /// A signal asked for it, or the coordinator that started this worker is gone.
    case stopped
  }

  package struct Options: Sendable {
    package var name: String
    package var slots = 1
    /// How long to look for a coordinator before giving up.
    package var patience = Duration.seconds(600)
    /// Ends with the process at the other end of the standard input.
    package var isLeashed = false
    /// See `Hello.arithmetic`.
    package var arithmetic = ""

    package init(name: String) { self.name = name }
  }

  /// Makes the objective of a slot, from the sweep's configuration and the folder that its relative paths start from.
  package typealias ObjectiveFactory = @Sendable (SweepConfiguration, String) throws -> any Objective

  private let options: Options
  private let makeObjective: ObjectiveFactory
  private let logger: Logger
  private let signals: SignalPipe?
  private let mailbox = Mailbox()
  private var transport: any WorkerTransport
  private var session: WorkerSession
  private var slots: [Slot] = []
  private var contexts: [Attempt: SlotContext] = [:]
  private var checkpointInterval = Duration.seconds(15)
  private var inability: String?

  /// - Parameter transport: makes the connection; gets the file descriptors that are to end its waits.
  package init(
    options: Options, logger: Logger, signals: SignalPipe?, objective: @escaping ObjectiveFactory,
    transport: ([Int32]) throws -> any WorkerTransport
  ) throws {
    self.options = options
    self.logger = logger
    self.signals = signals
    makeObjective = objective
    var wakeups = [mailbox.wakeup.readDescriptor]
    if let signals { wakeups.append(signals.readDescriptor) }
    if options.isLeashed { wakeups.append(0) }
    self.transport = try transport(wakeups)
    let hello = Hello(
      token: Self.token(), name: options.name, host: ProcessInfo.processInfo.hostName,
      processID: Int(ProcessInfo.processInfo.processIdentifier), slots: options.slots,
      arithmetic: options.arithmetic)
    session = WorkerSession(hello: hello, patience: options.patience, at: Uptime.now)
  }

  private static func token() -> String {
    String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
  }

  /// Works until the coordinator has no more work, or a signal asks for the end.
  ///
  /// - Throws: `WorkerError` when the coordinator refuses this worker, cannot be found, or the objective cannot be made
  ///   on this machine.
  package func run() throws -> Ending {
    do {
      return try work()
    } catch let error as WorkerError {
      // What is held goes back without blame for the runs.
      try? transport.send(WorkerMessage.goodbye(reason: error.description).encoded())
      throw error
    }
  }

  private func work() throws -> Ending {
    if let ending = try carryOut(session.start()) { return ending }
    while true {
      let messages = try transport.receive(timeout: .milliseconds(200))
      let now = Uptime.now
      if options.isLeashed && isLeashCut() { return .stopped }
      var actions: [WorkerSession.Action] = []
      for bytes in messages {
        do {
          actions += session.receive(try CoordinatorMessage(decoding: bytes), at: now)
        } catch let error as VersionMismatch {
          throw WorkerError("the coordinator refuses this worker: \(error)")
        } catch {
          actions.append(.note(.warning, "a message that cannot be read was ignored: \(error)"))
        }
        // What a message starts is started before the next is looked at: `finished` may follow at once.
        if let ending = try carryOut(actions) { return ending }
        actions = []
      }
      for item in merged(mailbox.takeAll()) { actions += handle(item, at: now) }
      actions += session.tick(at: now)
      if let ending = try carryOut(actions) { return ending }
      if let inability {
        throw WorkerError("this machine cannot work on the study: \(inability)")
      }
      if signals?.take().contains(where: { $0 == SIGINT || $0 == SIGTERM }) ?? false {
        return try leave()
      }
    }
  }

  private func handle(_ item: Mailbox.Item, at now: Duration) -> [WorkerSession.Action] {
    switch item {
    case .message(let attempt, let message): return session.forward(message, of: attempt, at: now)
    case .ended(let attempt, let ending):
      contexts[attempt] = nil
      return session.ended(attempt, ending, at: now)
    case .unable(let reason):
      inability = reason
      return []
    }
  }

  /// Log lines of one run that follow each other become one message.
  private func merged(_ items: [Mailbox.Item]) -> [Mailbox.Item] {
    var result: [Mailbox.Item] = []
    for item in items {
      if case .message(let attempt, .log(_, let lines)) = item,
        case .message(attempt, .log(_, let earlier))? = result.last
      {
        result[result.count - 1] = .message(attempt, .log(attempt, earlier + lines))
      } else {
        result.append(item)
      }
    }
    return result
  }

  private func carryOut(_ actions: [WorkerSession.Action]) throws -> Ending? {
    for action in actions {
      switch action {
      case .send(let message): try transport.send(message.encoded())
      case .prepare(let welcome): try prepare(welcome)
      case .start(let assignment, let slot):
        let context = SlotContext(
          attempt: assignment.attempt, mailbox: mailbox, checkpointInterval: checkpointInterval)
        contexts[assignment.attempt] = context
        slots[slot].start(Slot.Job(assignment: assignment, context: context))
      case .stop(let attempt): contexts[attempt]?.requestStop()
      case .note(let level, let message): logger.log(level: level.logger, "\(message)")
      case .end(.finished): return .finished
      case .end(.rejected(let reason)): throw WorkerError("the coordinator refuses this worker: \(reason)")
      case .end(.abandoned(let seconds)):
        throw WorkerError(
          "no coordinator answered for \(seconds) s: is it running, is the address right, and the --key if it asks for one?"
        )
      }
    }
    return nil
  }

  private func prepare(_ welcome: Welcome) throws {
    let configuration: SweepConfiguration
    do {
      configuration = try SweepConfiguration(
        parsing: welcome.configuration, fileName: "the coordinator's sweep file", defaultName: welcome.study)
    } catch {
      throw WorkerError("the coordinator's sweep file cannot be read here: \(error)")
    }
    logger.info("working on study \(welcome.study) with \(options.slots) slot(s)")
    checkpointInterval = .seconds(configuration.checkpoint.seconds)
    let makeObjective = makeObjective
    slots = (0..<options.slots).map { index in
      Slot(index: index, configuration: configuration, mailbox: mailbox) {
        try makeObjective(configuration, welcome.directory)
      }
    }
  }

  /// Stops the running runs after a checkpoint each, gives everything back and says goodbye.
  private func leave() throws -> Ending {
    logger.notice("stopping: running runs write a checkpoint and go back to the coordinator")
    _ = try carryOut(session.leave(at: Uptime.now))
    let deadline = Uptime.now + .seconds(10)
    while !contexts.isEmpty, Uptime.now < deadline {
      if signals?.take().contains(where: { $0 == SIGINT || $0 == SIGTERM }) ?? false { break }
      if options.isLeashed && isLeashCut() { return .stopped }
      _ = try carryOut(session.tick(at: Uptime.now))
      for bytes in try transport.receive(timeout: .milliseconds(50)) {
        guard let message = try? CoordinatorMessage(decoding: bytes) else { continue }
        if let ending = try carryOut(session.receive(message, at: Uptime.now)) { return ending }
      }
      for item in merged(mailbox.takeAll()) { _ = try carryOut(handle(item, at: Uptime.now)) }
    }
    try transport.send(WorkerMessage.goodbye(reason: "stopped by a signal").encoded())
    return .stopped
  }

  /// Whether the process at the other end of the standard input is gone.
  private func isLeashCut() -> Bool {
    var item = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&item, 1, 0) > 0 else { return false }
    var byte: UInt8 = 0
    return read(0, &byte, 1) <= 0
  }
}

/// A worker cannot go on.
package struct WorkerError: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
