import Datasets
import Foundation
import Testing

@Suite struct IDXReaderTests {
  static let images: [UInt8] = [
    0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8,
  ]
  static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1]
  /// `images`, gzipped (Python: gzip.compress(images, mtime=0)).
  static let zipped = [UInt8](
    Data(base64Encoded: "H4sIAAAAAAACA2Ng4GBmYGAAYSYwNk77z8jEzMLKxs4BAKRJHFEcAAAA") ?? Data())

  private func message(_ images: [UInt8], _ labels: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    let imagePath = try folder.write(images, to: "images")
    let labelPath = try folder.write(labels, to: "labels")
    do {
      return "\(try IDXReader().read(images: imagePath, labels: labelPath).rows) rows"
    } catch {
      return "\(error)".replacing(folder.url.path + "/", with: "")
    }
  }

  @Test(arguments: [false, true]) func imagesAndLabels(zipped: Bool) throws {
    let folder = try TemporaryFolder()
    let imagePath = try folder.write(zipped ? Self.zipped : Self.images, to: "images")
    let labelPath = try folder.write(Self.labels, to: "labels")
    let data = try IDXReader().read(images: imagePath, labels: labelPath)
    #expect(data.rows == 3)
    #expect((0..<4).map { data.inputs[0, $0] } == [0, 0.2, 0.4, 1])
    let expected: [Float] = [5 / 255, 6 / 255, 7 / 255, 8 / 255, 0, 0.2, 0.4, 1]
    #expect(data.inputs.floats(rows: [2, 0]) == expected)
    #expect(data.target == .classes([2, 0, 1], names: ["0", "1", "2"]))
    #expect(data.inputNames == ["pixel[0][0]", "pixel[0][1]", "pixel[1][0]", "pixel[1][1]"])
    #expect(try IDXReader(limit: 2).read(images: imagePath, labels: labelPath).rows == 2)
  }

  @Test func errors() throws {
    let (images, labels) = (Self.images, Self.labels)
    #expect(
      try message([1] + images.dropFirst(), labels)
        == "images: not an IDX file: expected the magic number 00 00 08 .., found 01 00 08 03")
    #expect(
      try message([], labels) == "images: not an IDX file: expected the magic number 00 00 08 .., found an empty file")
    #expect(
      try message([0, 0, 0x0D] + images.dropFirst(3), labels) == "images: IDX type 0d; expected 08, unsigned bytes")
    #expect(
      try message(images.dropLast(), labels) == "images: truncated: expected 12 bytes of data for 3 x 2 x 2, found 11")
    #expect(
      try message(Array(images[..<9]), labels) == "images: truncated: expected a header of 16 bytes, found 9 bytes")
    #expect(try message(images + [9], labels) == "images: 1 bytes too many after the 12 bytes of data")
    #expect(
      try message(labels, images)
        == "images: IDX array of 1 dimension; expected 2 or more for images (are images and labels swapped?)")
    #expect(
      try message(images, [0, 0, 8, 1, 0, 0, 0, 2, 2, 0])
        == "labels: 2 labels for the 3 images of images; the two files do not belong together")
  }

  @Test func aLabelFarBeyondTheOthersIsDamage() throws {
    let header: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3]
    #expect(
      try message(Self.images, header + [2, 200, 1])
        == "labels: row 1 has the label 200, and there are only 3 different labels; the file is damaged, or does not hold "
        + "classes")
    // Two digits of ten.
    #expect(try message(Self.images, header + [3, 8, 3]) == "3 rows")
  }

  @Test func corruptGzip() throws {
    let zipped = Self.zipped
    #expect(try message(zipped, Self.labels) == "3 rows")
    #expect(try message(zipped.dropLast(10), Self.labels).contains("truncated gzip file"))
    #expect(try message(Array(zipped[..<5]), Self.labels).contains("truncated gzip file"))
    var flipped = zipped
    flipped[zipped.count - 6] ^= 0xFF
    #expect(try message(flipped, Self.labels).contains("corrupt gzip file: incorrect data check"))
    #expect(try message(zipped + [1, 2, 3], Self.labels).contains("3 bytes after its end"))
    // Two members one after the other are one stream.
    #expect(try message(zipped + zipped, Self.labels).contains("bytes too many"))
  }

  @Test(.enabled(if: dataDirectory != nil, "needs HPSEARCH_DATA"))
  func mnist() throws {
    let root = try #require(dataDirectory) + "/mnist/"
    let train = try IDXReader().read(
      images: root + "train-images-idx3-ubyte.gz", labels: root + "train-labels-idx1-ubyte.gz")
    let test = try IDXReader().read(
      images: root + "t10k-images-idx3-ubyte.gz", labels: root + "t10k-labels-idx1-ubyte.gz")
    #expect(train.rows == 60_000 && test.rows == 10_000 && train.inputs.columns == 784)
    guard case .classes(let labels, let names) = train.target else { return #expect(Bool(false), "not classes") }
    #expect(names.count == 10 && labels[0] == 5)
    #expect(
      (0..<10).map { digit in labels.count { $0 == digit } } == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
      ])
    let values = train.inputs.floats(rows: Array(0..<60_000))
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    #expect(abs(mean - 0.1307) < 5e-5)
    #expect(try train.appending(test).rows == 70_000)
  }
}
