import Foundation
import GaussianProcesses
import SearchStrategies
import StudyModel
import Testing

@Suite struct SpaceEncodingTests {
  /// One dimension of each kind, and conditions on categories, whole numbers and what has a single value.
  static let rich = SearchSpace([
    Dimension("kind", .values(["a", "b", "c"])),
    Dimension("depth", .integer(1...3, log: false, steps: nil)),
    Dimension("units", .integer(1...1000, log: true, steps: nil)),
    Dimension("many", .integer(0...100_000, log: false, steps: nil)),
    Dimension("rate", .float(1e-5...1, log: true, steps: nil)),
    Dimension("shift", .float(-3...5, log: false, steps: nil)),
    Dimension("batch", .values([64, 16, 128, 32])),
    Dimension("mixed", .values([1, "auto", 2.5])),
    Dimension("flag", .values([true, false])),
    Dimension("layers", .values([[50], [50, 50], []])),
    Dimension("fixed", .values(["only"])),
    Dimension("one", .integer(7...7, log: false, steps: nil)),
    Dimension("of b", .float(0...1, log: false, steps: nil), when: .init("kind", in: ["b", "c"])),
    Dimension("second", .integer(0...4, log: false, steps: nil), when: .init("depth", in: [2, 3])),
    Dimension("third", .values(["u", "v"]), when: .init("depth", in: [3])),
    Dimension("of v", .float(1...9, log: true, steps: nil), when: .init("third", in: ["v"])),
    Dimension("always", .float(0...1, log: false, steps: nil), when: .init("fixed", in: ["only"])),
    Dimension("of seven", .values([0, 1]), when: .init("one", in: [7.0])),
    Dimension("of large batches", .values([3, 1, 2]), when: .init("batch", in: [64, 128])),
  ])

  private static let spaces = Spaces.all.map(\.1) + [rich]

  private func randomPoints(_ space: SearchSpace, _ count: Int) -> [Point] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in space.point(at: (0..<space.count).map { _ in .random(in: 0...1, using: &generator) })
    }
  }

  @Test func `every point comes back from its row`() {
    for space in Self.spaces {
      let encoding = SpaceEncoding(space)
      for point in randomPoints(space, 300) {
        let row = encoding.row(of: point)
        let again = encoding.point(of: row)
        #expect(row.count == encoding.width)
        for dimension in space.dimensions {
          let (before, after) = (point[dimension.name], again[dimension.name])
          if case .float = dimension.domain, let x = before?.double, let y = after?.double {
            #expect(abs(x - y) <= 1e-12 * max(1, abs(x)), "\(dimension.name)")
          } else {
            #expect(before == after, "\(dimension.name)")
          }
        }
        // A row is NaN exactly where the point has no value.
        for (column, name) in encoding.names.enumerated() {
          #expect(row[column].isNaN == (point[name] == nil), "\(name)")
        }
        var repaired = row
        encoding.repair(&repaired)
        #expect(same(repaired, row), "a row of a point needs no repair")
      }
    }
  }

  @Test func `any row is repaired to that of a point`() {
    var generator = SystemRandomNumberGenerator()
    for space in Self.spaces {
      let encoding = SpaceEncoding(space)
      for _ in 0..<500 {
        var row = (0..<encoding.width).map { _ -> Double in
          switch Int.random(in: 0..<8, using: &generator) {
          case 0: .nan
          case 1: [-1, 0, 1, 2, 7.5, -1e300, 1e300].randomElement(using: &generator) ?? 0
          default: .random(in: -0.2...3, using: &generator)
          }
        }
        encoding.repair(&row)
        let point = encoding.point(of: row)
        #expect(space.contains(point), "\(row)")
        #expect(same(encoding.row(of: point), row, tolerance: 1e-12), "\(row) is not the row of \(point)")
        for (x, feature) in zip(row, encoding.features) where !x.isNaN {
          switch feature.kind {
          case .number(let cells?): #expect(abs(x * Double(cells) - 0.5 - (x * Double(cells) - 0.5).rounded()) < 1e-9)
          case .number(nil): #expect((0...1).contains(x))
          case .category(let count): #expect((0..<count).contains(Int(x)) && x == x.rounded())
          }
        }
      }
    }
  }

  /// Equal as points are: what does not exist is NaN in both.
  private func same(_ a: [Double], _ b: [Double], tolerance: Double = 0) -> Bool {
    zip(a, b).allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) <= tolerance }
  }

  @Test func `features say what each dimension is`() {
    let encoding = SpaceEncoding(Self.rich)
    let features = Dictionary(uniqueKeysWithValues: zip(encoding.names, encoding.features))
    #expect(features["kind"] == .category(3) && features["depth"] == .cells(3) && features["batch"] == .cells(4))
    #expect(features["mixed"] == .category(3) && features["flag"] == .category(2) && features["layers"] == .category(3))
    for name in ["units", "many", "rate", "shift"] { #expect(features[name] == .number) }
    #expect(features["fixed"] == nil && features["one"] == nil)
    #expect(features["of b"] == InputFeature.number.conditional && features["third"] == .category(2).conditional)
    let structural = zip(encoding.names, encoding.isStructural).filter(\.1).map(\.0)
    #expect(structural == ["kind", "depth", "batch", "third"])
  }

  @Test func `listed numbers are in ascending order, whatever the order of the list`() {
    let space = SearchSpace([Dimension("n", .values([64, 16, 128, 32]))])
    let encoding = SpaceEncoding(space)
    let rows = [16, 32, 64, 128].map { encoding.row(of: Point(["n": .integer($0)]))[0] }
    #expect(rows == [0.125, 0.375, 0.625, 0.875])
    #expect(rows.map { encoding.point(of: [$0])["n"]?.int } == [16, 32, 64, 128])
  }

  @Test func `nested conditions take away what hangs on them`() {
    let encoding = SpaceEncoding(Self.rich)
    let column = Dictionary(uniqueKeysWithValues: zip(encoding.names, encoding.names.indices))
    var row = encoding.row(at: Array(repeating: 0.99, count: Self.rich.count))
    #expect(row.allSatisfy { !$0.isNaN }, "the last of everything has all that hangs on it")
    row[column["third"]!] = 0
    encoding.repair(&row)
    #expect(row[column["of v"]!].isNaN)
    row[column["third"]!] = 1
    encoding.repair(&row)
    #expect(row[column["of v"]!] == 0.5, "the middle, where it has come into being")
    row[column["depth"]!] = 0
    encoding.repair(&row)
    #expect(["second", "third", "of v"].allSatisfy { row[column[$0]!].isNaN })
    row[column["depth"]!] = 0.9
    encoding.repair(&row)
    #expect(row[column["third"]!] == 0 && row[column["of v"]!].isNaN)
  }

  @Test func `cells and categories have equal shares of the cube`() {
    let encoding = SpaceEncoding(Self.rich)
    let sequence = ScrambledSobolSequence(dimensions: Self.rich.count, seed: 5)
    let points = (0..<4096).map { encoding.point(of: encoding.row(at: sequence.point($0))) }
    for (name, count) in [("kind", 3), ("depth", 3), ("batch", 4), ("mixed", 3), ("flag", 2), ("layers", 3)] {
      let shares = Dictionary(grouping: points) { $0[name] }.values.map { Double($0.count) / 4096 }
      #expect(shares.count == count && shares.allSatisfy { abs($0 - 1 / Double(count)) < 0.01 }, "\(name): \(shares)")
    }
  }

  @Test func `a row at the cube is the space's own point, but for the order of listed numbers`() {
    let dimensions = Self.rich.dimensions.filter { !["batch", "of large batches"].contains($0.name) }
    let space = SearchSpace(dimensions)
    let encoding = SpaceEncoding(space)
    let sequence = ScrambledSobolSequence(dimensions: space.count, seed: 2)
    for index in 0..<500 {
      let cube = sequence.point(index)
      let (own, point) = (space.point(at: cube), encoding.point(of: encoding.row(at: cube)))
      #expect(own.values.keys == point.values.keys)
      for member in own.values.members {
        if let x = member.value.double, let y = point[member.key]?.double {
          #expect(abs(x - y) <= 1e-12 * max(1, abs(x)), "\(member.key)")
        } else {
          #expect(member.value == point[member.key], "\(member.key)")
        }
      }
    }
  }

  @Test func `a condition on a single value that is never met leaves the dimension out`() {
    let space = SearchSpace([
      Dimension("fixed", .values(["p"])), Dimension("x", .float(0...1, log: false, steps: nil)),
      Dimension("never", .float(0...1, log: false, steps: nil), when: .init("fixed", in: ["q"])),
    ])
    let encoding = SpaceEncoding(space)
    var row = [0.25, 0.75]
    encoding.repair(&row)
    #expect(row[0] == 0.25 && row[1].isNaN && encoding.point(of: row)["never"] == nil)
  }

  @Test func `a range of one number is a constant`() {
    let encoding = SpaceEncoding(SearchSpace([Dimension("x", .float(2...2, log: false, steps: nil))]))
    #expect(encoding.width == 0 && encoding.point(of: [])["x"]?.double == 2)
  }
}
