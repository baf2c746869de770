import Datasets
import Testing

@Suite struct ImageShapeTests {
  private func images(_ shape: ImageShape?, columns: Int = 12, rows: Int = 2) -> Dataset {
    Dataset(
      name: shape.map { "images of \($0)" } ?? "table",
      inputs: FeatureMatrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { Double($0) }),
      inputNames: (0..<columns).map { "x\($0)" }, target: .values((0..<rows).map { Double($0) }), targetName: "y",
      imageShape: shape)
  }

  @Test func isKeptByPrefixAndAppending() throws {
    let shape = ImageShape(height: 2, width: 2, channels: 3)
    #expect(shape.count == 12 && "\(shape)" == "2 x 2 x 3")
    let data = images(shape)
    #expect(data.prefix(1).imageShape == shape)
    #expect(try data.appending(images(shape)).imageShape == shape)
    #expect(images(nil).imageShape == nil)
  }

  @Test func otherShapesCannotBeAppended() {
    let data = images(ImageShape(height: 2, width: 2, channels: 3))
    #expect { try data.appending(images(ImageShape(height: 3, width: 4, channels: 1))) } throws: {
      "\($0)" == "images of 3 x 4 x 1 has images of 3 x 4 x 1 and images of 2 x 2 x 3 has images of 2 x 2 x 3; "
        + "they must agree"
    }
    #expect { try data.appending(images(nil)) } throws: {
      "\($0)" == "table has rows of a table and images of 2 x 2 x 3 has images of 2 x 2 x 3; they must agree"
    }
  }

  @Test func ofIDX() throws {
    let folder = try TemporaryFolder()
    let labels = try folder.write([0, 0, 8, 1, 0, 0, 0, 1, 7], to: "labels")
    func shape(_ extents: [UInt8]) throws -> ImageShape? {
      var bytes: [UInt8] = [0, 0, 8, UInt8(extents.count)]
      for extent in extents { bytes += [0, 0, 0, extent] }
      bytes += [UInt8](repeating: 1, count: extents.reduce(1) { $0 * Int($1) })
      let path = try folder.write(bytes, to: "images")
      return try IDXReader().read(images: path, labels: labels).imageShape
    }
    #expect(try shape([1, 4, 5]) == ImageShape(height: 4, width: 5, channels: 1))
    #expect(try shape([1, 4, 5, 3]) == ImageShape(height: 4, width: 5, channels: 3))
    #expect(try shape([1, 6]) == nil)
    #expect(try shape([1, 2, 2, 2, 2]) == nil)
  }

  @Test func ofNPY() throws {
    let folder = try TemporaryFolder()
    func array(_ shape: String, _ count: Int, _ name: String) throws -> String {
      let header = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n"
      let bytes: [UInt8] =
        [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + [UInt8](repeating: 1, count: count)
      return try folder.write(bytes, to: name)
    }
    let targets = try array("(2,)", 2, "targets")
    func shape(_ shape: String, _ count: Int) throws -> ImageShape? {
      let inputs = try array(shape, count, "inputs")
      return try NPYReader(task: .regression, limit: 1).read(inputs: inputs, targets: targets).imageShape
    }
    #expect(try shape("(2, 3, 4)", 24) == ImageShape(height: 3, width: 4, channels: 1))
    #expect(try shape("(2, 3, 4, 2)", 48) == ImageShape(height: 3, width: 4, channels: 2))
    #expect(try shape("(2, 3)", 6) == nil)
  }
}
