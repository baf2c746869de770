import Foundation
import StudyModel
import StudyStore
import Testing

@Suite struct LogFilesTests {
  private let study: TemporaryStudy
  private let writer: LogWriter
  private let reader: LogReader

  init() throws {
    study = TemporaryStudy()
    try study.directory.create()
    writer = LogWriter(study.directory, handles: 3)
    reader = LogReader(study.directory)
  }

  private func run(_ trial: Int, _ index: Int = 0) -> RunID { RunID(trial: trial, index: index) }

  private func record(_ at: Double, _ message: String = "m") -> LogRecord {
    LogRecord(at: at, attempt: 1, worker: "w", level: .info, message: message)
  }

  private func appendText(_ text: String, to run: RunID) throws {
    let handle = try #require(FileHandle(forWritingAtPath: study.directory.log(of: run)))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test func manyRunsWithFewHandles() throws {
    for round in 0..<5 {
      for trial in 0..<20 {
        try writer.append([record(Double(round), "a"), record(Double(round), "b")], to: run(trial))
      }
    }
    for trial in 0..<20 {
      let all = try reader.last(100, of: run(trial))
      #expect(all.map(\.record.message) == Array(repeating: ["a", "b"], count: 5).flatMap { $0 })
      #expect(all.map(\.record.at) == (0..<5).flatMap { [Double($0), Double($0)] })
    }
    writer.close(run(3))
    writer.closeAll()
    try writer.append([record(9)], to: run(3))
    #expect(try reader.last(1, of: run(3)).first?.record.at == 9)
  }

  @Test func aTornLineIsEnded() throws {
    try writer.append([record(1, "first")], to: run(0))
    writer.closeAll()
    let torn = String(record(2, "torn by a crash").line.prefix(30))
    try appendText(torn, to: run(0))
    #expect(try reader.last(9, of: run(0)).map(\.record.message) == ["first", "damaged line: \(torn)"])
    try writer.append([record(3, "after")], to: run(0))
    let messages = try reader.last(9, of: run(0)).map(\.record.message)
    #expect(messages == ["first", "damaged line: \(torn)", "after"])
    #expect(try reader.last(9, of: run(0)).map(\.record.at) == [1, 1, 3])
  }

  @Test func theLastLinesOfALargeFile() throws {
    let records = (0..<3000).map { record(Double($0), "\($0) " + String(repeating: "x", count: $0 % 200)) }
    try writer.append(records, to: run(0))
    for count in [0, 1, 2, 500, 2999, 3000, 4000] {
      #expect(try reader.last(count, of: run(0)).map(\.record) == records.suffix(count))
    }
    let long = record(1, String(repeating: "y", count: 300_000))
    try writer.append([long, long, record(2)], to: run(1))
    #expect(try reader.last(2, of: run(1)).map(\.record) == [long, record(2)])
  }

  @Test func theLogsOfAStudyAreMergedByTime() throws {
    for trial in 0..<4 {
      for index in 0..<2 {
        let records = (0..<10).map { record(Double(10 * $0 + 2 * trial + index)) }
        try writer.append(records, to: run(trial, index))
      }
    }
    let all = try reader.last(1000)
    #expect(all.count == 80)
    #expect(all.map(\.record.at) == all.map(\.record.at).sorted())
    #expect(try reader.last(7) == all.suffix(7))
    #expect(try reader.last(3, trial: 1).map(\.run) == [run(1, 1), run(1, 0), run(1, 1)])
    #expect(try reader.last(5, trial: 77).isEmpty)
    #expect(try reader.last(5, of: run(77)).isEmpty)
    try Data("x\n".utf8).write(to: URL(fileURLWithPath: study.directory.logs + "/notes.log"))
    #expect(try reader.last(1000) == all)
  }

  @Test func aStudyWithoutLogsHasNone() throws {
    let empty = StudyDirectory(study.directory.path + "/nothing")
    #expect(try LogReader(empty).last(5).isEmpty)
    var follower = LogFollower(empty, last: 5)
    #expect(try follower.poll().isEmpty)
    #expect(try follower.poll().isEmpty)
  }

  @Test func followingShowsEachRecordOnce() throws {
    try writer.append([record(1, "a"), record(2, "b"), record(3, "c")], to: run(0))
    var follower = LogFollower(study.directory, last: 2)
    func poll() throws -> [String] { try follower.poll().map(\.record.message) }
    #expect(try poll() == ["b", "c"])
    #expect(try poll() == [])
    try writer.append([record(5, "e")], to: run(0))
    try writer.append([record(4, "d")], to: run(1))
    #expect(try poll() == ["d", "e"])
    #expect(try poll() == [])
    // Half a line is not shown before it is whole.
    let line = record(6, "f").line
    try appendText(String(line.prefix(10)), to: run(1))
    #expect(try poll() == [])
    try appendText(String(line.dropFirst(10)), to: run(1))
    #expect(try poll() == [])
    try appendText("\n" + record(7, "g").line + "\n" + record(8, "h").line, to: run(1))
    #expect(try poll() == ["f", "g"])
    try appendText("\n", to: run(1))
    #expect(try poll() == ["h"])
  }

  @Test func followingBeginsBehindAHalfLine() throws {
    try writer.append([record(1, "a")], to: run(0))
    let line = record(2, "b").line
    try appendText(String(line.prefix(20)), to: run(0))
    var follower = LogFollower(study.directory, last: 5)
    #expect(try follower.poll().map(\.record.message) == ["a"])
    try appendText(line.dropFirst(20) + "\n", to: run(0))
    #expect(try follower.poll().map(\.record.message) == ["b"])
  }

  @Test func followingOneTrial() throws {
    try writer.append([record(1)], to: run(0))
    try writer.append([record(1)], to: run(1))
    var follower = LogFollower(study.directory, trial: 1, last: 10)
    #expect(try follower.poll().map(\.run) == [run(1)])
    for trial in 0..<3 { try writer.append([record(2)], to: run(trial)) }
    try writer.append([record(3)], to: run(1, 1))
    #expect(try follower.poll().map(\.run) == [run(1), run(1, 1)])
  }

  /// With many logs a poll looks at some of them only: the active ones at once, all others before long.
  @Test func followingThousandsOfLogs() throws {
    let count = 2600
    for trial in 0..<count { try writer.append([record(1)], to: run(trial)) }
    var follower = LogFollower(study.directory, last: 3)
    #expect(try follower.poll().count == 3)
    for _ in 0..<25 { #expect(try follower.poll().isEmpty) }
    try writer.append([record(2, "active")], to: run(2))
    #expect(try follower.poll(active: [run(2), run(999_999)]).map(\.record.message) == ["active"])
    try writer.append([record(3, "new")], to: run(count))
    #expect(try follower.poll().map(\.record.message) == ["new"])
    let silent = (0..<count).filter { $0 % 100 == 7 }
    for trial in silent { try writer.append([record(4, "silent")], to: run(trial)) }
    var seen: [RunID] = []
    for _ in 0..<8 { seen += try follower.poll().map(\.run) }
    #expect(seen.sorted() == silent.map { run($0) })
  }
}
