package import StudyModel

/// Follows the logs of a study: each call of `poll` returns what is new since the last one.
///
/// A poll costs as much as there are new data and watched files, not as there are logs: it looks at the runs that the
/// caller knows to be active, at files that changed lately, at new files, and at a part of all others, so that nothing
/// is missed for long.
package struct LogFollower {
  private struct Follower {
    /// Up to where the file was shown: the end of a line, once `isAligned`.
    var offset: Int
    var isAligned: Bool
    /// Polls left for which the file is looked at without a reason.
    var watch = LogFollower.patience
    var lastTime = 0.0
  }

  /// For how many polls a file is watched after it last grew.
  private static let patience = 20
  /// How many of the other files a poll looks at.
  private static let share = 500
  /// How much of one file a poll reads.
  private static let block = 4 << 20

  private let directory: StudyDirectory
  private let trial: Int?
  private var lastCount: Int
  private var followers: [RunID: Follower] = [:]
  /// The runs of `followers`, for going round.
  private var known: [RunID] = []
  private var next = 0
  private var listedAt: Double?
  private var started = false

  /// - Parameters:
  ///   - trial: Follow the runs of this trial alone.
  ///   - last: How many of the records that are there already the first poll returns.
  package init(_ directory: StudyDirectory, trial: Int? = nil, last: Int) {
    self.directory = directory
    self.trial = trial
    lastCount = last
  }

  /// The records that became complete since the last poll, in order of time.
  ///
  /// - Parameter active: Runs that may be saying something now: those that run, as the store says.
  package mutating func poll(active: Set<RunID> = []) throws(StoreError) -> [LogEntry] {
    if !started {
      let entries = try start()
      started = true
      return entries
    }
    try findNew()
    var entries: [LogEntry] = []
    for run in watched(active) { try read(run, into: &entries) }
    return LogLines.merge(entries)
  }

  /// The first poll: shows the ends of the logs and begins to follow behind them.
  private mutating func start() throws(StoreError) -> [LogEntry] {
    let reader = LogReader(directory)
    listedAt = Files.status(of: directory.logs).map(Files.changedAt)
    let files = try reader.files(trial: trial)
    for file in files { follow(file.run, Follower(offset: file.size, isAligned: false)) }
    return try reader.last(lastCount, in: files, torn: false)
  }

  /// Follows the files that appeared, from their beginning. The folder's time of change says whether there may be any.
  private mutating func findNew() throws(StoreError) {
    guard let status = Files.status(of: directory.logs) else { return }
    let changedAt = Files.changedAt(status)
    // The kernel's clock for this is coarse: a change within the same tick leaves the same time.
    if let listedAt, listedAt == changedAt, Files.now > changedAt + 0.1 { return }
    listedAt = changedAt
    for name in try Files.list(directory.logs) {
      guard let run = RunID(logName: name), trial == nil || run.trial == trial, followers[run] == nil else { continue }
      follow(run, Follower(offset: 0, isAligned: true))
    }
  }

  private mutating func follow(_ run: RunID, _ follower: Follower) {
    followers[run] = follower
    known.append(run)
  }

  /// The runs that this poll looks at.
  private mutating func watched(_ active: Set<RunID>) -> Set<RunID> {
    if known.count <= 4 * Self.share { return Set(known) }
    var watched = active.filter { followers[$0] != nil }
    for (run, follower) in followers where follower.watch > 0 { watched.insert(run) }
    for _ in 0..<Self.share {
      watched.insert(known[next % known.count])
      next = (next + 1) % known.count
    }
    return watched
  }

  private mutating func read(_ run: RunID, into entries: inout [LogEntry]) throws(StoreError) {
    guard var follower = followers[run] else { return }
    defer { followers[run] = follower }
    let path = directory.log(of: run)
    guard let size = Files.size(of: path), size > follower.offset else {
      follower.watch = max(0, follower.watch - 1)
      return
    }
    follower.watch = Self.patience
    let file = try OpenFile(path, .read)
    if !follower.isAligned {
      follower.offset = try LogLines.lineEnd(in: file, before: follower.offset)
      follower.isAligned = true
    }
    var bytes = try file.read(follower.offset..<min(size, follower.offset + Self.block))
    var end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    if end == nil, follower.offset + bytes.count < size {
      bytes = try file.read(follower.offset..<size)
      end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    }
    guard let end else { return }
    let new = LogLines.entries(of: bytes[...end], run: run, after: follower.lastTime)
    follower.offset += end + 1
    follower.lastTime = new.last?.record.at ?? follower.lastTime
    entries += new
  }
}
