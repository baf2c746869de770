import StudyModel
import Testing

@Suite struct SearchSpaceTests {
  /// 1 + 3 x 2 + 1 = 8 places for "kind" and what depends on it, times 4 integers.
  private let space = SearchSpace([
    Dimension("kind", .values(["a", "b", "c"])),
    Dimension("n", .integer(1...3, log: false, steps: nil), when: .init("kind", in: ["b"])),
    Dimension("flag", .values([true, false]), when: .init("n", in: [1, 2, 3])),
    Dimension("units", .integer(10...13, log: false, steps: nil)),
  ])

  @Test func countsMultiplyOnlyWhereDimensionsExist() {
    #expect(space.cardinality == 32 && space.gridCount == 32)
    #expect(SearchSpace().cardinality == 1)
    let continuous = Dimension("x", .float(0...1, log: false, steps: 5))
    #expect(SearchSpace(space.dimensions + [continuous]).cardinality == nil)
    #expect(SearchSpace(space.dimensions + [continuous]).gridCount == 160)
    #expect(SearchSpace([Dimension("x", .float(0...1, log: true, steps: nil))]).gridCount == nil)
    #expect(SearchSpace([Dimension("x", .integer(Int.min...Int.max, log: false, steps: nil))]).cardinality == .max)
  }

  @Test func ranksCoverTheSpaceOnce() {
    let points = (0..<32).map { space.gridPoint(at: $0) }
    #expect(Set(points.map { space.key(of: $0) }).count == 32)
    #expect(points.allSatisfy { space.contains($0) })
    #expect(points == (0..<32).map { space.point(atRank: $0) })
    #expect(points[4].values.keys == ["kind", "n", "flag", "units"] && points[0].values.keys == ["kind", "units"])
  }

  @Test(arguments: [
    (Point(["kind": "a", "units": 10]), true), (Point(["kind": "a", "units": 10.0]), true),
    (Point(["units": 10, "kind": "a"]), true), (Point(["kind": "a"]), false),
    (Point(["kind": "a", "units": 14]), false),
    (Point(["kind": "a", "n": 1, "units": 10]), false), (Point(["kind": "b", "n": 1, "units": 10]), false),
    (Point(["kind": "b", "n": 1, "flag": true, "units": 10]), true), (Point(["kind": "d", "units": 10]), false),
    (Point(["kind": "a", "units": 10, "more": 1]), false), (Point(["kind": "a", "units": 10.5]), false),
  ]) func containment(_ point: Point, _ isInside: Bool) {
    #expect(space.contains(point) == isInside)
  }

  @Test func keysIgnoreOrderAndSpelling() {
    let a = space.key(of: Point(["kind": "a", "units": 10]))
    #expect(a == space.key(of: Point(["units": 10.0, "kind": "a"])))
    #expect(a != space.key(of: Point(["kind": "a", "units": 11])))
    #expect(a != space.key(of: Point(["kind": "a"])))
  }

  @Test func cornersOfTheCubeAreTheBounds() {
    let space = SearchSpace([
      Dimension("x", .float(0.1...0.3, log: false, steps: nil)),
      Dimension("y", .float(1e-4...3e-2, log: true, steps: nil)),
      Dimension("n", .integer(-2...5, log: false, steps: nil)),
      Dimension("m", .integer(1...1000, log: true, steps: nil)),
      Dimension("v", .values(["a", "b"])),
    ])
    let (low, high) = (space.point(at: [0, 0, 0, 0, 0]), space.point(at: [1, 1, 1, 1, 1]))
    #expect(low.values == ["x": 0.1, "y": 1e-4, "n": -2, "m": 1, "v": "a"])
    #expect(high.values == ["x": 0.3, "y": 3e-2, "n": 5, "m": 1000, "v": "b"])
    #expect(
      space.coordinates(of: Point(["x": 0.2, "n": -2, "v": "b"])).map { ($0 * 1e9).rounded() / 1e9 } == [
        0.5, 0.5, 0.0625, 0.5, 0.75,
      ])
  }

  @Test func wideIntegerRangesStayInside() {
    let domain = Domain.integer(Int.min...Int.max, log: false, steps: nil)
    for u in [0.0, 0.25, 0.5, 0.999999, 1] { #expect(domain.contains(domain.value(at: u))) }
    #expect(Domain.integer(0...Int.max, log: false, steps: 3).gridCount == 3)
  }

  @Test func summary() {
    #expect(
      space.summary == [
        #"kind   "a", "b", "c""#, #"n      integers 1 to 3; when kind is "b""#,
        "flag   true, false; when n is 1 or 2 or 3",
        "units  integers 10 to 13",
      ])
  }
}
