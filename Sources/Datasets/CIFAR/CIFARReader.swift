/// Reads CIFAR-10 in its binary form (Krizhevsky 2009): records of a label and 3 x 32 x 32 bytes, all red values row after
/// row, then all green and all blue ones. Gzipped or not.
public struct CIFARReader: Sendable {
  /// Names of the classes 0 to 9.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  public static let imageShape = ImageShape(height: 32, width: 32, channels: 3)

  /// Read only the first so many images of all files together.
  public var limit: Int?

  private static let pixels = 32 * 32
  private static let recordSize = 1 + 3 * pixels

  public init(limit: Int? = nil) {
    self.limit = limit
  }

  /// The images of the files one after the other, their colours side by side (height x width x channels), each byte
  /// divided by 255; and a class for each.
  ///
  /// - Parameter batches: At least one file. Files after the limit are not opened.
  /// - Throws: `DatasetError` that names the file and the byte, for a truncated file or a label that is not 0 to 9.
  public func read(batches: [String]) throws(DatasetError) -> Dataset {
    guard let first = batches.first else { throw DatasetError("no files of CIFAR-10 images are given") }
    var bytes: [UInt8] = []
    var labels: [Int] = []
    for path in batches {
      let wanted = (limit ?? .max) - labels.count
      guard wanted > 0 else { break }
      try Self.append(path, limit: wanted, &bytes, &labels)
    }
    guard !labels.isEmpty else { throw DatasetError("holds no images", file: first) }
    let shape = Self.imageShape
    return Dataset(
      name: first, inputs: FeatureMatrix(rows: labels.count, columns: shape.count, bytes: bytes, divisor: 255),
      inputNames: PixelNames.all([shape.height, shape.width, shape.channels]),
      target: .classes(labels, names: Self.classNames), targetName: "label", imageShape: shape)
  }

  private static func append(
    _ path: String, limit: Int, _ bytes: inout [UInt8], _ labels: inout [Int]
  ) throws(DatasetError) {
    let file = try FileContents.read(path)
    let (records, rest) = file.count.quotientAndRemainder(dividingBy: recordSize)
    guard rest == 0 else {
      // CIFAR-100 has a second label in each record.
      let hint = file.count % (recordSize + 1) == 0 ? "; is it CIFAR-100? CIFAR-10 is read" : ""
      throw DatasetError(
        "truncated: expected records of \(recordSize) bytes, found \(records) and \(rest) bytes more from byte "
          + "\(records * recordSize) on\(hint)", file: path)
    }
    guard records > 0 else { throw DatasetError("holds no images", file: path) }
    for record in 0..<records where file[record * recordSize] >= classNames.count {
      throw DatasetError(
        "expected a label from 0 to \(classNames.count - 1), found \(file[record * recordSize]) at byte "
          + "\(record * recordSize), the start of record \(record) (from 0); is it CIFAR-10 in its binary form?",
        file: path)
    }
    let count = min(records, limit)
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count * 3 * pixels))
    bytes.withUnsafeMutableBufferPointer { target in
      file.withUnsafeBufferPointer { source in
        for record in 0..<count {
          let planes = record * recordSize + 1
          let image = start + record * 3 * pixels
          for channel in 0..<3 {
            for pixel in 0..<pixels { target[image + 3 * pixel + channel] = source[planes + channel * pixels + pixel] }
          }
        }
      }
    }
    for record in 0..<count { labels.append(Int(file[record * recordSize])) }
  }
}
