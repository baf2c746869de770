/// Reads IDX files, the format of MNIST: two zero bytes, a type, the number of dimensions, the dimensions as 32-bit
/// big-endian numbers, then the elements. Gzipped or not. Elements are bytes; other types are refused.
public struct IDXReader: Sendable {
  /// Read only the first so many rows.
  public var limit: Int?

  public init(limit: Int? = nil) {
    self.limit = limit
  }

  /// Images of any shape, flattened, each byte divided by 255; and a class for each. With two extents an image has one
  /// channel, with three the last ones are its channels; others have no image shape.
  ///
  /// - Throws: `DatasetError` for a bad magic number, a truncated file, or when there are not as many labels as images.
  public func read(images: String, labels: String) throws(DatasetError) -> Dataset {
    let imageFile = try Self.array(images, kind: "images", dimensions: 2...8)
    let labelFile = try Self.array(labels, kind: "labels", dimensions: 1...1)
    guard imageFile.shape[0] == labelFile.shape[0] else {
      throw DatasetError(
        "\(labelFile.shape[0]) labels for the \(imageFile.shape[0]) images of \(images); "
          + "the two files do not belong together", file: labels)
    }
    let rows = min(imageFile.shape[0], limit ?? .max)
    let columns = imageFile.shape[1...].reduce(1, *)
    guard rows > 0, columns > 0 else { throw DatasetError("holds no images", file: images) }
    let classes = try Self.classes(labelFile.elements, file: labels)
    return Dataset(
      name: images,
      inputs: FeatureMatrix(
        rows: rows, columns: columns, bytes: Array(imageFile.elements[..<(rows * columns)]), divisor: 255),
      inputNames: PixelNames.all(Array(imageFile.shape[1...])),
      target: .classes(labelFile.elements[..<rows].map { Int($0) }, names: (0..<classes).map(String.init)),
      targetName: "label", imageShape: ImageShape(array: imageFile.shape))
  }

  /// Classes count from 0 to the greatest label. Some may have no image, but a label far beyond the others is a damaged
  /// byte, and would make a network of as many outputs.
  private static func classes(_ labels: [UInt8], file: String) throws(DatasetError) -> Int {
    let (count, different) = (Int(labels.max() ?? 0) + 1, Set(labels).count)
    if count > 2 * different + 10, let row = labels.firstIndex(where: { Int($0) == count - 1 }) {
      throw DatasetError(
        "row \(row) has the label \(count - 1), and there are only \(different) different labels; the file is damaged, or "
          + "does not hold classes", file: file)
    }
    return count
  }

  private static func array(
    _ path: String, kind: String, dimensions: ClosedRange<Int>
  ) throws(DatasetError) -> (shape: [Int], elements: [UInt8]) {
    let bytes = try FileContents.read(path)
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else {
      let found = bytes.prefix(4).map { hexadecimal($0) }.joined(separator: " ")
      throw DatasetError(
        "not an IDX file: expected the magic number 00 00 08 .., found \(found.isEmpty ? "an empty file" : found)",
        file: path)
    }
    guard bytes[2] == 8 else {
      throw DatasetError(
        "IDX type \(hexadecimal(bytes[2])); expected 08, unsigned bytes", file: path)
    }
    let count = Int(bytes[3])
    guard dimensions.contains(count) else {
      let expected = dimensions.count == 1 ? "\(dimensions.lowerBound)" : "\(dimensions.lowerBound) or more"
      throw DatasetError(
        "IDX array of \(count) dimension\(count == 1 ? "" : "s"); expected \(expected) for \(kind) "
          + "(are images and labels swapped?)", file: path)
    }
    let start = 4 + 4 * count
    guard bytes.count >= start else {
      throw DatasetError("truncated: expected a header of \(start) bytes, found \(bytes.count) bytes", file: path)
    }
    var shape: [Int] = []
    var size = 1
    for dimension in 0..<count {
      let place = 4 + 4 * dimension
      let length = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      shape.append(length)
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow else { throw DatasetError("the dimensions \(shape) are too large", file: path) }
      size = product
    }
    let found = bytes.count - start
    guard found >= size else {
      throw DatasetError(
        "truncated: expected \(size) bytes of data for \(shape.map(String.init).joined(separator: " x ")), "
          + "found \(found)", file: path)
    }
    guard found == size else {
      throw DatasetError("\(found - size) bytes too many after the \(size) bytes of data", file: path)
    }
    return (shape, Array(bytes[start...]))
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
