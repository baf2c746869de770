import Datasets
import Foundation
import Testing

@Suite struct NPYReaderTests {
  /// A .npy file with the given header and data.
  private func npy(_ type: String, fortran: Bool = false, shape: String, version: UInt8 = 1, _ data: [UInt8]) -> [UInt8]
  {
    let dictionary = "{'descr': \(type), 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
    let header = Array((dictionary + "\n").utf8)
    let length = UInt32(header.count)
    let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + header + data
  }

  private func bytes<T>(_ values: [T]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
  }

  private func read(_ inputs: [UInt8], _ targets: [UInt8], _ task: LearningTask = .regression) throws -> Dataset {
    let folder = try TemporaryFolder()
    let inputPath = try folder.write(inputs, to: "x.npy")
    let targetPath = try folder.write(targets, to: "y.npy")
    do {
      return try NPYReader(task: task).read(inputs: inputPath, targets: targetPath)
    } catch {
      var shown = error
      shown.file = error.file.map { ($0 as NSString).lastPathComponent }
      shown.message = error.message.replacing(folder.url.path + "/", with: "")
      throw shown
    }
  }

  private func message(_ inputs: [UInt8], _ targets: [UInt8], _ task: LearningTask = .regression) -> String {
    do {
      return "\(try read(inputs, targets, task).rows) rows"
    } catch { return "\(error)" }
  }

  private var targets: [UInt8] { npy("'<f8'", shape: "(2,)", bytes([0.5, 1.5])) }

  @Test(arguments: [1, 2, 3] as [UInt8]) func versionsAndTypes(_ version: UInt8) throws {
    let expected: [Double] = [1, 2, 3, 4, 5, 6]
    let forms: [(String, [UInt8])] = [
      ("'<f4'", bytes(expected.map { Float($0) })), ("'<f8'", bytes(expected)),
      ("'<i4'", bytes(expected.map { Int32($0) })),
      ("'<i8'", bytes(expected.map { Int64($0) })), ("'|u1'", bytes(expected.map { UInt8($0) })),
    ]
    for (type, data) in forms {
      let dataset = try read(npy(type, shape: "(2, 3)", version: version, data), targets)
      #expect(dataset.inputs.doubles(rows: [0, 1]) == expected)
      #expect(dataset.target == .values([0.5, 1.5]))
      #expect(dataset.inputNames == ["x1", "x2", "x3"])
    }
  }

  @Test func fortranOrderAndMoreDimensions() throws {
    let columnMajor = try read(npy("'<f8'", fortran: true, shape: "(2, 3)", bytes([1.0, 4, 2, 5, 3, 6])), targets)
    #expect(columnMajor.inputs.doubles(rows: [0, 1]) == [1, 2, 3, 4, 5, 6])
    let images = try read(npy("'|u1'", shape: "(2, 2, 2)", [1, 2, 3, 4, 5, 6, 7, 8]), targets)
    #expect(images.inputs.doubles(rows: [1]) == [5, 6, 7, 8])
    // Element (i, j, k) of a Fortran array lies at i + 2 j + 4 k.
    let reversed = try read(npy("'|u1'", fortran: true, shape: "(2, 2, 2)", [0, 1, 2, 3, 4, 5, 6, 7]), targets)
    #expect(reversed.inputs.doubles(rows: [0, 1]) == [0, 4, 2, 6, 1, 5, 3, 7])
    #expect(try read(npy("'<f8'", shape: "(2,)", bytes([1.0, 2])), targets).inputs.columns == 1)
  }

  @Test func classes() throws {
    let labels = npy("'<i8'", shape: "(2, 1)", bytes([7, 3]))
    let data = try read(npy("'<f8'", shape: "(2, 1)", bytes([1.0, 2])), labels, .classification)
    #expect(data.target == .classes([1, 0], names: ["3", "7"]))
  }

  @Test func errors() {
    let good = npy("'<f8'", shape: "(2, 1)", bytes([1.0, 2]))
    #expect(message(good, targets) == "2 rows")
    #expect(
      message(good.dropLast(), targets)
        == "x.npy: truncated: expected 16 bytes of data for the shape [2, 1] of <f8, found 15")
    #expect(message(good + [0], targets) == "x.npy: 1 bytes too many after the 16 bytes of data")
    #expect(message(Array(good[..<40]), targets).contains("truncated: expected a header of"))
    #expect(message(Array(good[..<8]), targets).contains("truncated: expected a header"))
    #expect(message([], targets) == "x.npy: not an .npy file: the magic bytes are missing")
    #expect(message([0x50, 0x4B, 3, 4], targets) == "x.npy: an .npz archive; save each array with numpy.save")
    #expect(
      message(npy("'|O'", shape: "(2,)", []), targets)
        == "x.npy: the .npy array holds Python objects; save an array of numbers")
    #expect(
      message(npy("'>f8'", shape: "(2,)", []), targets).contains("big-endian numbers ('>f8'); save with astype('<f8')"))
    #expect(message(npy("'<U3'", shape: "(2,)", []), targets).contains("elements of type '<U3'"))
    #expect(message(npy("[('a', '<f8')]", shape: "(2,)", []), targets).contains("a structured .npy array"))
    #expect(message(npy("'<f8'", shape: "(2, 1)", version: 4, []), targets).contains(".npy version 4"))
    #expect(
      message(npy("'<f8'", shape: "(3, 1)", bytes([1.0, 2, 3])), targets)
        == "y.npy: expected one target for each of the 3 rows of x.npy, found the shape [2]")
    #expect(
      message(npy("'<f8'", shape: "(2, 2)", bytes([1, 2, Double.nan, 3])), targets)
        == "x.npy: missing value: nan in row 1, column 0 (from 0); remove the row or fill it")
    #expect(
      message(good, npy("'<f8'", shape: "(2,)", bytes([1, Double.infinity]))).contains(
        "y.npy: missing value: inf in row 1"))
  }
}
