/// One coordinate of an encoded point.
public struct InputFeature: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A number in [0, 1]. `cells`: nil for a continuous one, else the number of equal cells; the value is a cell's
    /// centre (k + 1/2) / cells.
    case number(cells: Int?)
    /// An index 0 ..< count, stored as a Double.
    case category(count: Int)
  }

  public var kind: Kind
  /// Whether the coordinate exists in some points only. Where it does not, its value is NaN.
  public var isConditional: Bool

  public init(_ kind: Kind, isConditional: Bool = false) {
    self.kind = kind
    self.isConditional = isConditional
  }

  /// A continuous number that every point has.
  public static let number = InputFeature(.number(cells: nil))

  /// A number with finitely many values.
  public static func cells(_ count: Int) -> InputFeature { InputFeature(.number(cells: count)) }

  public static func category(_ count: Int) -> InputFeature { InputFeature(.category(count: count)) }

  /// The same coordinate in a branch of the space.
  public var conditional: InputFeature { InputFeature(kind, isConditional: true) }

  /// Whether the coordinate is a number, with cells or without.
  public var isNumber: Bool {
    switch kind {
    case .number: true
    case .category: false
    }
  }
}
