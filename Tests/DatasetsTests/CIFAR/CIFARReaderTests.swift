import Datasets
import Foundation
import Testing

@Suite struct CIFARReaderTests {
  /// A record whose red, green and blue values of pixel p are p mod 200, that plus 20 and that plus 40.
  private func record(label: UInt8, brighter: UInt8 = 0) -> [UInt8] {
    var bytes = [label]
    for shift: UInt8 in [0, 20, 40] {
      for pixel in 0..<1024 { bytes.append(UInt8(pixel % 200) + shift + brighter) }
    }
    return bytes
  }

  private func message(_ files: [[UInt8]], limit: Int? = nil) throws -> String {
    let folder = try TemporaryFolder()
    let paths = try files.enumerated().map { try folder.write($1, to: "batch\($0)") }
    do {
      return "\(try CIFARReader(limit: limit).read(batches: paths).rows) rows"
    } catch {
      return "\(error)".replacing(folder.url.path + "/", with: "")
    }
  }

  @Test func planesBecomeChannelsOfAPlace() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write(record(label: 6) + record(label: 9, brighter: 5), to: "first")
    let second = try folder.write(record(label: 0, brighter: 10), to: "second")
    let data = try CIFARReader().read(batches: [first, second])
    #expect(data.rows == 3 && data.inputs.columns == 3072)
    #expect(data.imageShape == ImageShape(height: 32, width: 32, channels: 3))
    #expect(data.target == .classes([6, 9, 0], names: CIFARReader.classNames))
    for (row, brighter) in [0, 5, 10].enumerated() {
      for pixel in [0, 1, 31, 32, 777, 1023] {
        for channel in 0..<3 {
          let expected = Double(pixel % 200 + 20 * channel + brighter) / 255
          #expect(data.inputs[row, 3 * pixel + channel] == expected, "row \(row), pixel \(pixel), channel \(channel)")
        }
      }
    }
    #expect(data.inputNames[0] == "pixel[0][0][0]" && data.inputNames[3 * 32 + 4] == "pixel[1][1][1]")
  }

  @Test func limitCountsOverAllFiles() throws {
    let (one, two) = (record(label: 1), record(label: 2) + record(label: 3))
    #expect(try message([one, two]) == "3 rows")
    #expect(try message([one, two], limit: 2) == "2 rows")
    #expect(try message([one, two], limit: 9) == "3 rows")
    // The second file is not opened.
    #expect(try message([one, [1, 2, 3]], limit: 1) == "1 rows")
  }

  @Test func errors() throws {
    let good = record(label: 1)
    #expect(
      try message([good, good + good.prefix(100)])
        == "batch1: truncated: expected records of 3073 bytes, found 1 and 100 bytes more from byte 3073 on")
    #expect(
      try message([good + record(label: 10)])
        == "batch0: expected a label from 0 to 9, found 10 at byte 3073, the start of record 1 (from 0); is it CIFAR-10 "
        + "in its binary form?")
    #expect(try message([good + [0]]).hasSuffix("is it CIFAR-100? CIFAR-10 is read"))
    #expect(try message([[]]) == "batch0: holds no images")
    #expect(try message([]) == "no files of CIFAR-10 images are given")
    #expect(throws: DatasetError.self) { try CIFARReader().read(batches: ["/nowhere/data_batch_1.bin"]) }
  }

  @Test(.enabled(if: dataDirectory != nil, "needs HPSEARCH_DATA"))
  func cifar10() throws {
    let root = try #require(dataDirectory) + "/cifar10/"
    let train = try CIFARReader().read(batches: [root + "train_4000.bin"])
    let test = try CIFARReader().read(batches: [root + "test_1000.bin"])
    #expect(train.rows == 4000 && test.rows == 1000)
    guard case .classes(let labels, let names) = train.target, case .classes(let testLabels, _) = test.target else {
      return #expect(Bool(false), "not classes")
    }
    #expect(Array(labels.prefix(10)) == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
    #expect(Array(testLabels.prefix(10)) == [3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
    #expect(
      (0..<10).map { chosen in labels.count { $0 == chosen } } == [396, 366, 420, 384, 422, 393, 414, 385, 407, 413])
    // The red values that the first rows of the first images begin with.
    #expect((0..<4).map { (train.inputs[0, 3 * $0] * 255).rounded() } == [59, 43, 50, 68])
    #expect((0..<4).map { (test.inputs[0, 3 * $0] * 255).rounded() } == [158, 159, 165, 166])
    let meta = try String(contentsOfFile: root + "batches.meta.txt", encoding: .utf8)
    #expect(meta.split(whereSeparator: \.isWhitespace).map(String.init) == names)
    let both = try train.appending(test)
    #expect(both.rows == 5000 && both.imageShape == CIFARReader.imageShape)
  }
}
