/// The extents of a dense, row-major array. No extents at all is a scalar.
///
/// Matrix operations see any shape as rows x columns: the last extent is the columns, all others together the rows.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let extents: [Int]
  /// Numbers in all.
  public let count: Int

  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "an extent cannot be negative: \(extents)")
    self.extents = extents
    count = extents.reduce(1, *)
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public static let scalar = Shape([])

  public var columns: Int { extents.last ?? 1 }
  public var rows: Int { extents.dropLast().reduce(1, *) }

  public var description: String { extents.isEmpty ? "scalar" : extents.map(String.init).joined(separator: " x ") }
}
