import StudyModel

/// Spaces that between them have every kind of dimension.
enum Spaces {
  static let continuous = SearchSpace([
    Dimension("x", .float(-1...2, log: false, steps: nil)),
    Dimension("rate", .float(1e-4...1e-1, log: true, steps: nil)),
  ])

  static let mixed = SearchSpace([
    Dimension("kind", .values(["gaussian", "scale-mixture", "laplace"])),
    Dimension("scale", .float(0.05...2, log: true, steps: 3)),
    Dimension("narrow", .float(-8 ... -4, log: false, steps: 2), when: .init("kind", in: ["scale-mixture"])),
    Dimension("units", .integer(1...64, log: true, steps: 4)),
    Dimension("hidden", .values([[50], [100, 100]])),
  ])

  /// 2 + 4 x 3 = 14 points: a chain of conditions.
  static let discrete = SearchSpace([
    Dimension("a", .values(["p", "q"])),
    Dimension("b", .integer(1...4, log: false, steps: nil), when: .init("a", in: ["q"])),
    Dimension("c", .integer(1...2, log: false, steps: nil), when: .init("a", in: ["p"])),
    Dimension("d", .values([true, false, nil]), when: .init("b", in: [1, 2, 3, 4])),
  ])

  static let point = SearchSpace([Dimension("only", .values([1]))])

  static let all: [(String, SearchSpace)] = [
    ("continuous", continuous), ("mixed", mixed), ("discrete", discrete), ("one point", point),
    ("empty", SearchSpace()),
  ]

  /// Dimensions x0, x1, ... over the unit interval.
  static func cube(_ dimensions: Int) -> SearchSpace {
    SearchSpace((0..<dimensions).map { Dimension("x\($0)", .float(0...1, log: false, steps: nil)) })
  }
}
