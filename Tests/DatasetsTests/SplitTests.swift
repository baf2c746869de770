import Datasets
import Foundation
import Testing

@Suite struct MersenneTwisterTests {
  /// The first outputs and the 10,000th of the reference implementation (the latter is in the C++ standard).
  @Test func knownAnswers() {
    var generator = MersenneTwister(seed: 5489)
    let outputs = (0..<10_000).map { _ in generator.next() }
    #expect(Array(outputs[..<3]) == [3_499_211_612, 581_869_302, 3_890_346_734])
    #expect(outputs[9999] == 4_123_659_995)
  }
}

@Suite struct UCISplitTests {
  @Test func goldenStarts() throws {
    let boston = try Split.standardUCI(rows: 506, count: 2)
    #expect(Array(boston[0].train[..<5]) == [307, 343, 47, 67, 362])
    #expect(boston[0].train.count == 455 && boston[0].validation.count == 51)
    #expect(Array(try Split.standardUCI(rows: 308, count: 1)[0].train[..<5]) == [73, 304, 228, 238, 259])
  }

  @Test func everyRowOnce() throws {
    for split in try Split.standardUCI(rows: 101, count: 5) {
      #expect((split.train + split.validation).sorted() == Array(0..<101))
    }
  }

  /// Asking for fewer splits gives the same ones.
  @Test func prefix() throws {
    #expect(try Split.standardUCI(rows: 77, count: 3) == Array(try Split.standardUCI(rows: 77, count: 20)[..<3]))
  }

  @Test func tooFewRows() {
    #expect(throws: DatasetError.self) { try Split.standardUCI(rows: 1, count: 1) }
  }

  @Test(
    .enabled(if: dataDirectory != nil, "needs HPSEARCH_DATA"),
    arguments: [
      ("boston", 506), ("concrete", 1030), ("energy", 768), ("power", 9568), ("wine", 1599), ("yacht", 308),
    ]) func equalThePublishedOnes(_ name: String, _ rows: Int) throws
  {
    let file = try #require(dataDirectory) + "/uci/\(name)/splits.json"
    let published = try Split.given(file: file, rows: rows)
    #expect(published.count == 20)
    #expect(try Split.standardUCI(rows: rows, count: 20) == published)
  }
}

@Suite struct GivenSplitTests {
  private func message(_ json: String, rows: Int = 5) throws -> String {
    let folder = try TemporaryFolder()
    let path = try folder.write(json, to: "splits.json")
    do {
      return "\(try Split.given(file: path, rows: rows).count) splits"
    } catch { return "\(error)".replacing(folder.url.path + "/", with: "") }
  }

  @Test func read() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(#"{"train": [[3, 1], [0]], "test": [[2], [4, 2]]}"#, to: "splits.json")
    #expect(
      try Split.given(file: path, rows: 5)
        == [Split(train: [3, 1], validation: [2]), Split(train: [0], validation: [4, 2])])
  }

  @Test func errors() throws {
    #expect(
      try message(#"{"train": [[0, 5]], "test": [[1]]}"#)
        == "splits.json: train[0][1] is row 5; the data has the rows 0 to 4")
    #expect(try message(#"{"train": [[0, -1]], "test": [[1]]}"#).contains("train[0][1] is row -1"))
    #expect(
      try message(#"{"train": [[0]], "test": [[1, 0]]}"#)
        == "splits.json: test[0][1] is row 0, which is in train[0] already")
    #expect(
      try message(#"{"train": [[0, 0]], "test": [[1]]}"#)
        == "splits.json: train[0][1] is row 0, which is in train[0] already")
    #expect(try message(#"{"train": [[0]], "test": [[]]}"#) == "splits.json: test[0] is empty")
    #expect(try message(#"{"train": [[0]], "test": []}"#).contains("1 lists of training rows and 0 of test rows"))
    #expect(try message(#"{"train": [[0]]}"#).contains("'test' is missing"))
    #expect(try message(#"{"train": [[0, "x"]], "test": [[1]]}"#).contains("wrong type at train[0][1]"))
    #expect(try message("{").contains("not valid JSON"))
  }
}
