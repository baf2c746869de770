/// The header of a .npy file, a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
struct NPYHeader {
  /// Type of the elements, for example "<f8".
  let description: String
  let isFortranOrder: Bool
  let shape: [Int]

  init(_ text: String, _ path: String) throws(DatasetError) {
    func value(_ key: String) throws(DatasetError) -> Substring {
      guard let place = text.firstRange(of: "'\(key)':") else {
        throw DatasetError("the .npy header has no '\(key)'", file: path)
      }
      return text[place.upperBound...].drop { $0 == " " }
    }
    let type = try value("descr")
    guard let quote = type.first, quote == "'" || quote == "\"", let end = type.dropFirst().firstIndex(of: quote) else {
      throw DatasetError("a structured .npy array; save the columns as a plain array of numbers", file: path)
    }
    description = String(type[type.index(after: type.startIndex)..<end])

    let order = try value("fortran_order")
    guard order.hasPrefix("True") || order.hasPrefix("False") else {
      throw DatasetError("the .npy header's fortran_order is neither True nor False", file: path)
    }
    isFortranOrder = order.hasPrefix("True")

    let tuple = try value("shape")
    guard tuple.first == "(", let close = tuple.firstIndex(of: ")") else {
      throw DatasetError("the .npy header's shape is no tuple", file: path)
    }
    var shape: [Int] = []
    for part in tuple[..<close].dropFirst().split(separator: ",") {
      let digits = part.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let length = Int(digits), length >= 0 else {
        throw DatasetError("the .npy header's shape has '\(digits)'; expected whole numbers", file: path)
      }
      shape.append(length)
    }
    self.shape = shape
  }
}

/// An element type of .npy files: a letter for the kind and a number of bytes.
struct NPYElement {
  let size: Int
  let isInteger: Bool
  private let kind: String

  init(_ description: String, _ path: String) throws(DatasetError) {
    let kind = String(description.drop { "<|=".contains($0) })
    let known = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"]
    guard known.contains(kind), let size = Int(kind.dropFirst()) else {
      let what =
        switch description.first {
        case ">": "big-endian numbers ('\(description)'); save with astype('<\(description.dropFirst())')"
        case "|" where description == "|O", "O": "Python objects; save an array of numbers"
        default: "elements of type '\(description)'; known are \(known.joined(separator: ", "))"
        }
      throw DatasetError("the .npy array holds \(what)", file: path)
    }
    self.kind = kind
    self.size = size
    isInteger = kind.first != "f"
  }

  /// `count` elements from the byte `offset` on.
  func values(_ bytes: UnsafeRawBufferPointer, from offset: Int, count: Int) -> [Double] {
    func all<T: FixedWidthInteger>(_: T.Type, _ convert: (T) -> Double) -> [Double] {
      (0..<count).map {
        convert(T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + $0 * size, as: T.self)))
      }
    }
    return switch kind {
    case "f4": all(UInt32.self) { Double(Float(bitPattern: $0)) }
    case "f8": all(UInt64.self) { Double(bitPattern: $0) }
    case "i1": all(Int8.self) { Double($0) }
    case "i2": all(Int16.self) { Double($0) }
    case "i4": all(Int32.self) { Double($0) }
    case "i8": all(Int64.self) { Double($0) }
    case "u2": all(UInt16.self) { Double($0) }
    case "u4": all(UInt32.self) { Double($0) }
    default: all(UInt8.self) { Double($0) }
    }
  }
}
