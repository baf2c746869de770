package import StudyModel

/// What a worker needs to know of the study it joins.
package struct Welcome: Hashable, Sendable {
  package var study: String
  /// The sweep file as JSON text. The budget in it means nothing: it may grow while workers stay.
  package var configuration: String
  /// The folder that relative paths of the sweep file start from.
  package var directory: String
  /// Seconds between two signs of life.
  package var heartbeat: Double
  /// When the study was begun: tells a study from another one of the same name and file.
  package var begunAt: Double
  /// The serial of the hello that this answers.
  package var serial = 0

  package init(study: String, configuration: String, directory: String, heartbeat: Double, begunAt: Double = 0) {
    self.study = study
    self.begunAt = begunAt
    self.configuration = configuration
    self.directory = directory
    self.heartbeat = heartbeat
  }
}

/// One run for one worker.
package struct Assignment: Hashable, Sendable {
  package var attempt: Attempt
  package var fold: Int
  package var seed: Int
  /// The point as JSON text.
  package var point: String
  /// The last checkpoint of an earlier attempt.
  package var checkpoint: [UInt8]?
  /// The run that a member run works for, and its part; nil for a scored run.
  package var member: Member?
  /// The end states of the member runs that worked for a scored run.
  package var memberStates: [[UInt8]]
  /// What the run explores, as JSON text; nil for one that trains.
  package var exploration: String?

  package struct Member: Hashable, Sendable {
    package var scoredIndex: Int
    package var part: MemberPart

    package init(scoredIndex: Int, part: MemberPart) {
      self.scoredIndex = scoredIndex
      self.part = part
    }
  }

  package init(
    attempt: Attempt, fold: Int, seed: Int, point: String, checkpoint: [UInt8]? = nil, member: Member? = nil,
    memberStates: [[UInt8]] = []
  ) {
    self.attempt = attempt
    self.fold = fold
    self.seed = seed
    self.point = point
    self.checkpoint = checkpoint
    self.member = member
    self.memberStates = memberStates
  }
}

/// From the coordinator to a worker.
package enum CoordinatorMessage: Hashable, Sendable {
  case welcome(Welcome)
  /// The worker cannot take part, and is to end.
  case rejected(reason: String)
  /// The coordinator does not know the sender: it is to say hello again.
  case unknown
  case heartbeat
  case assign(Assignment)
  /// The results of these attempts are on disk, or no longer wanted: forget them.
  case acknowledged([Attempt])
  /// The worker no longer holds this attempt.
  case cancel(Attempt)
  /// Stop all runs after a checkpoint, give them back, and wait for a coordinator to go on.
  case drain
  /// The study is done: end.
  case finished
}

extension CoordinatorMessage {
  private enum Kind: UInt8 {
    case welcome = 64
    case rejected, unknown, heartbeat, assign, acknowledged, cancel, drain, finished
  }

  private var kind: Kind {
    switch self {
    case .welcome: .welcome
    case .rejected: .rejected
    case .unknown: .unknown
    case .heartbeat: .heartbeat
    case .assign: .assign
    case .acknowledged: .acknowledged
    case .cancel: .cancel
    case .drain: .drain
    case .finished: .finished
    }
  }

  package func encoded() -> [UInt8] {
    var writer = WireWriter(ProtocolVersion.header(kind.rawValue))
    switch self {
    case .welcome(let welcome):
      writer.text(welcome.study)
      writer.text(welcome.configuration)
      writer.text(welcome.directory)
      writer.double(welcome.heartbeat)
      writer.double(welcome.begunAt)
      writer.integer(welcome.serial)
    case .rejected(let reason): writer.text(reason)
    case .unknown, .heartbeat, .drain, .finished: break
    case .assign(let assignment):
      writer.attempt(assignment.attempt)
      writer.integer(assignment.fold)
      writer.integer(assignment.seed)
      writer.text(assignment.point)
      writer.byte(assignment.checkpoint == nil ? 0 : 1)
      if let checkpoint = assignment.checkpoint { writer.data(checkpoint) }
      writer.byte(assignment.member == nil ? 0 : 1)
      if let member = assignment.member {
        writer.integer(member.scoredIndex)
        writer.integer(member.part.number)
        writer.integer(member.part.count)
      }
      writer.list(assignment.memberStates) { $0.data($1) }
      writer.text(assignment.exploration ?? "")
    case .acknowledged(let attempts): writer.list(attempts) { $0.attempt($1) }
    case .cancel(let attempt): writer.attempt(attempt)
    }
    return writer.bytes
  }

  /// - Throws: `WireError` when the bytes are not a message of a coordinator, `VersionMismatch` when they are one of
  ///   another version.
  package init(decoding bytes: [UInt8]) throws {
    let header = try ProtocolVersion.readHeader(bytes)
    // A rejection is read whatever its version: it says why.
    guard header.version == ProtocolVersion.current || header.kind == Kind.rejected.rawValue else {
      throw VersionMismatch(theirs: header.version)
    }
    guard let kind = Kind(rawValue: header.kind) else { throw WireError("unknown kind of message \(header.kind)") }
    var reader = WireReader(bytes, from: ProtocolVersion.headerLength)
    switch kind {
    case .welcome:
      let study = try reader.text("the study's name")
      let configuration = try reader.text("the sweep file")
      let directory = try reader.text("the folder")
      let heartbeat = try reader.double("the interval")
      guard heartbeat > 0, heartbeat <= 3600 else { throw WireError("an interval of \(heartbeat) s") }
      let begunAt = try reader.double("the study's beginning")
      var welcome = Welcome(
        study: study, configuration: configuration, directory: directory, heartbeat: heartbeat, begunAt: begunAt)
      welcome.serial = try reader.count("the serial number")
      self = .welcome(welcome)
    case .rejected: self = .rejected(reason: try reader.text("the reason"))
    case .unknown: self = .unknown
    case .heartbeat: self = .heartbeat
    case .assign:
      let attempt = try reader.attempt()
      let fold = try reader.count("the fold")
      let seed = try reader.count("the seed")
      let point = try reader.text("the point")
      let checkpoint = try reader.byte("the checkpoint's mark") == 0 ? nil : try reader.data("the checkpoint")
      var assignment = Assignment(attempt: attempt, fold: fold, seed: seed, point: point, checkpoint: checkpoint)
      if try reader.byte("the member's mark") != 0 {
        let index = try reader.count("the scored run")
        let (number, parts) = (try reader.count("the part"), try reader.count("the number of parts"))
        guard number < parts else { throw WireError("part \(number) of \(parts)") }
        assignment.member = .init(scoredIndex: index, part: MemberPart(number: number, count: parts))
      }
      assignment.memberStates = try reader.list("the states of members") { reader throws(WireError) in
        try reader.data("the state of members")
      }
      let exploration = try reader.text("the exploration")
      if !exploration.isEmpty { assignment.exploration = exploration }
      self = .assign(assignment)
    case .acknowledged:
      self = .acknowledged(try reader.list("the attempts") { reader throws(WireError) in try reader.attempt() })
    case .cancel: self = .cancel(try reader.attempt())
    case .drain: self = .drain
    case .finished: self = .finished
    }
    try reader.end()
  }
}
