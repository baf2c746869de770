package import StudyModel

/// What a worker says of itself when it joins, and again when the coordinator does not know it.
package struct Hello: Hashable, Sendable {
  /// Drawn at random when the process starts: the identity of this worker across reconnections.
  package var token: String
  package var name: String
  package var host: String
  package var processID: Int
  package var slots: Int
  /// The kernels, threads and vector width it computes with. Workers that differ here give scores that differ in
  /// their last digits.
  package var arithmetic: String
  /// Counts this worker's hellos, from 1.
  package var serial: Int
  /// The serial of the last hello that it knows to be answered; 0 before the first.
  package var answered: Int
  /// The attempts it holds: queued, running, or finished and not acknowledged.
  package var leases: [Attempt]

  package init(
    token: String, name: String, host: String, processID: Int, slots: Int, arithmetic: String = "",
    serial: Int = 1, answered: Int = 0, leases: [Attempt] = []
  ) {
    self.token = token
    self.name = name
    self.host = host
    self.processID = processID
    self.slots = slots
    self.arithmetic = arithmetic
    self.serial = serial
    self.answered = answered
    self.leases = leases
  }
}

package struct LogLine: Hashable, Sendable {
  /// Seconds since 1970, by the worker's clock.
  package var at: Double
  package var level: LogLevel
  package var message: String

  package init(at: Double, level: LogLevel, message: String) {
    self.at = at
    self.level = level
    self.message = message
  }
}

/// From a worker to the coordinator.
package enum WorkerMessage: Hashable, Sendable {
  case hello(Hello)
  /// Sent when nothing else was; any message counts as a sign of life.
  case heartbeat
  case report(Attempt, step: Int, total: Int?, metrics: [String: Double])
  case log(Attempt, [LogLine])
  /// A piece of a checkpoint of `size` bytes, from `offset` on. Pieces of one checkpoint come in order; in pieces, so
  /// that each is a sign of life where a whole one would block a slow line for too long.
  case checkpoint(Attempt, step: Int, size: Int, offset: Int, bytes: [UInt8])
  /// What a run that explores found.
  case survey(Attempt, Survey)
  /// Sent until it is acknowledged.
  case result(Attempt, RunOutcome, seconds: Double)
  /// The run was stopped because it was asked to, or never started; its last checkpoint went before.
  case released(Attempt)
  /// The worker leaves; it holds nothing any more.
  case goodbye(reason: String)
}

extension WorkerMessage {
  /// A coordinator has to hold one in memory.
  private static let largestCheckpoint = 1 << 30
  private static let checkpointPiece = 256 << 10

  /// A checkpoint as the messages that carry it.
  package static func checkpoint(_ attempt: Attempt, step: Int, bytes: [UInt8]) -> [WorkerMessage] {
    stride(from: 0, to: max(1, bytes.count), by: checkpointPiece).map { offset in
      let piece = Array(bytes[offset..<min(bytes.count, offset + checkpointPiece)])
      return .checkpoint(attempt, step: step, size: bytes.count, offset: offset, bytes: piece)
    }
  }

  private enum Kind: UInt8 {
    case hello = 1
    case heartbeat, report, log, checkpoint, result, released, goodbye, survey
  }

  private var kind: Kind {
    switch self {
    case .hello: .hello
    case .heartbeat: .heartbeat
    case .report: .report
    case .log: .log
    case .checkpoint: .checkpoint
    case .survey: .survey
    case .result: .result
    case .released: .released
    case .goodbye: .goodbye
    }
  }

  package func encoded() -> [UInt8] {
    var writer = WireWriter(ProtocolVersion.header(kind.rawValue))
    switch self {
    case .hello(let hello):
      writer.text(hello.token)
      writer.text(hello.name)
      writer.text(hello.host)
      writer.integer(hello.processID)
      writer.integer(hello.slots)
      writer.text(hello.arithmetic)
      writer.integer(hello.serial)
      writer.integer(hello.answered)
      writer.list(hello.leases) { $0.attempt($1) }
    case .heartbeat: break
    case .report(let attempt, let step, let total, let metrics):
      writer.attempt(attempt)
      writer.integer(step)
      writer.integer(total ?? -1)
      writer.metrics(metrics)
    case .log(let attempt, let lines):
      writer.attempt(attempt)
      writer.list(lines) { writer, line in
        writer.double(line.at)
        writer.text(line.level.rawValue)
        writer.text(line.message)
      }
    case .checkpoint(let attempt, let step, let size, let offset, let bytes):
      writer.attempt(attempt)
      writer.integer(step)
      writer.integer(size)
      writer.integer(offset)
      writer.data(bytes)
    case .survey(let attempt, let survey):
      writer.attempt(attempt)
      writer.text(survey.json.serialized())
    case .result(let attempt, let outcome, let seconds):
      writer.attempt(attempt)
      writer.double(seconds)
      writer.outcome(outcome)
    case .released(let attempt): writer.attempt(attempt)
    case .goodbye(let reason): writer.text(reason)
    }
    return writer.bytes
  }

  /// - Throws: `WireError` when the bytes are not a message of a worker, `VersionMismatch` when they are one of another
  ///   version.
  package init(decoding bytes: [UInt8]) throws {
    let header = try ProtocolVersion.readHeader(bytes)
    guard header.version == ProtocolVersion.current else { throw VersionMismatch(theirs: header.version) }
    guard let kind = Kind(rawValue: header.kind) else { throw WireError("unknown kind of message \(header.kind)") }
    var reader = WireReader(bytes, from: ProtocolVersion.headerLength)
    switch kind {
    case .hello:
      let token = try reader.text("the token")
      let name = try reader.text("the worker's name")
      let host = try reader.text("the host")
      let processID = try reader.count("the process id")
      let slots = try reader.count("the slots")
      guard (1...4096).contains(slots) else { throw WireError("a worker with \(slots) slots") }
      let arithmetic = try reader.text("the arithmetic")
      let serial = try reader.count("the serial number")
      let answered = try reader.count("the answered serial number")
      let leases = try reader.list("the leases") { reader throws(WireError) in try reader.attempt() }
      self = .hello(
        Hello(
          token: token, name: name, host: host, processID: processID, slots: slots, arithmetic: arithmetic,
          serial: serial, answered: answered, leases: leases))
    case .heartbeat: self = .heartbeat
    case .report:
      let attempt = try reader.attempt()
      let step = try reader.count("the step")
      let total = try reader.integer("the number of steps")
      self = .report(attempt, step: step, total: total < 0 ? nil : total, metrics: try reader.metrics())
    case .log:
      let attempt = try reader.attempt()
      let lines = try reader.list("the log lines") { reader throws(WireError) in
        let at = try reader.double("the time")
        let level = try reader.text("the level")
        guard let level = LogLevel(rawValue: level) else { throw WireError("log level \"\(level)\"") }
        return LogLine(at: at, level: level, message: try reader.text("the log message"))
      }
      self = .log(attempt, lines)
    case .checkpoint:
      let attempt = try reader.attempt()
      let step = try reader.count("the step")
      let size = try reader.count("the checkpoint's size")
      let offset = try reader.count("the checkpoint's offset")
      let bytes = try reader.data("the checkpoint")
      guard size <= Self.largestCheckpoint, offset <= size, bytes.count <= size - offset else {
        throw WireError("a checkpoint's piece of \(bytes.count) bytes at \(offset) of \(size)")
      }
      self = .checkpoint(attempt, step: step, size: size, offset: offset, bytes: bytes)
    case .survey:
      let attempt = try reader.attempt()
      let text = try reader.text("the survey")
      guard let survey = (try? JSONValue(parsing: text)).flatMap(Survey.init) else {
        throw WireError("the survey of \(attempt.run) cannot be read")
      }
      self = .survey(attempt, survey)
    case .result:
      let attempt = try reader.attempt()
      let seconds = try reader.double("the seconds")
      self = .result(attempt, try reader.outcome(), seconds: seconds)
    case .released: self = .released(try reader.attempt())
    case .goodbye: self = .goodbye(reason: try reader.text("the reason"))
    }
    try reader.end()
  }
}
