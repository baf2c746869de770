/// An array from a .npy file (NumPy's format, versions 1 to 3), as Doubles in C order.
struct NPYArray {
  let shape: [Int]
  let values: [Double]
  let isInteger: Bool

  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  init(_ path: String) throws(DatasetError) {
    let bytes = try FileContents.read(path)
    guard bytes.starts(with: Self.magic) else {
      let isZip = bytes.starts(with: [0x50, 0x4B])
      throw DatasetError(
        isZip
          ? "an .npz archive; save each array with numpy.save" : "not an .npy file: the magic bytes are missing",
        file: path)
    }
    guard bytes.count >= 10 else {
      throw DatasetError("truncated: expected a header, found \(bytes.count) bytes", file: path)
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw DatasetError(".npy version \(version); versions 1 to 3 are known", file: path)
    }
    let lengthBytes = version == 1 ? 2 : 4
    guard bytes.count >= 8 + lengthBytes else {
      throw DatasetError("truncated: expected a header, found \(bytes.count) bytes", file: path)
    }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard bytes.count >= start else {
      throw DatasetError("truncated: expected a header of \(start) bytes, found \(bytes.count) bytes", file: path)
    }
    let header = try NPYHeader(String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self), path)
    let element = try NPYElement(header.description, path)

    var count = 1
    for length in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product < 1 << 40 else {
        throw DatasetError("the shape \(header.shape) is too large", file: path)
      }
      count = product
    }
    let expected = count * element.size
    let found = bytes.count - start
    guard found >= expected else {
      throw DatasetError(
        "truncated: expected \(expected) bytes of data for the shape \(header.shape) of \(header.description), "
          + "found \(found)", file: path)
    }
    guard found == expected else {
      throw DatasetError("\(found - expected) bytes too many after the \(expected) bytes of data", file: path)
    }
    var values = bytes.withUnsafeBytes { element.values($0, from: start, count: count) }
    if header.isFortranOrder { values = Self.rowMajor(values, header.shape) }
    shape = header.shape
    self.values = values
    isInteger = element.isInteger
  }

  /// From column-major to row-major order.
  private static func rowMajor(_ values: [Double], _ shape: [Int]) -> [Double] {
    guard shape.count > 1, !values.isEmpty else { return values }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    return values.indices.map { index in
      var rest = index
      var place = 0
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return values[place]
    }
  }
}
