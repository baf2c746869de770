import SearchStrategies
import StudyModel
import Testing

@Suite struct BranchScheduleTests {
  private static func range(_ name: String, when condition: Dimension.Condition? = nil) -> Dimension {
    Dimension(name, .float(0...1, log: false, steps: nil), when: condition)
  }

  /// Three families with one, two and no parameters of their own, and a shared one.
  private static let families = SearchSpace([
    Dimension("family", .values(["a", "b", "c"])), range("shared"), range("of a", when: .init("family", in: ["a"])),
    range("of b", when: .init("family", in: ["b"])), range("too", when: .init("family", in: ["b"])),
  ])

  private func families(trials: Int, seed: Int = 0) -> [String: Int] {
    let design = InitialDesign(space: Self.families, seed: seed, trials: trials)
    let asked = AskedPoints(space: Self.families)
    let points = (0..<trials).compactMap { design.point(trial: $0, asked: asked) }
    #expect(points.count == trials && points.allSatisfy { Self.families.contains($0) })
    return Dictionary(points.compactMap { $0["family"]?.string }.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// Weights 3, 4 and 2.
  @Test(arguments: 0..<4) func `branches have their shares, whatever the seed`(_ seed: Int) {
    #expect(families(trials: 9, seed: seed) == ["a": 3, "b": 4, "c": 2])
    #expect(families(trials: 18, seed: seed) == ["a": 6, "b": 8, "c": 4])
    #expect(families(trials: 4, seed: seed).count == 3)
  }

  @Test func `a longer design begins as a shorter one`() throws {
    let long = try #require(BranchSchedule(Self.families, trials: 20))
    let short = try #require(BranchSchedule(Self.families, trials: 7))
    let cube = Array(repeating: 0.3, count: Self.families.count)
    for trial in 0..<7 { #expect(long.place(cube, trial: trial) == short.place(cube, trial: trial)) }
    // The centre, and what comes behind the design, stay as they are; so do coordinates that decide nothing.
    #expect(long.place(cube, trial: 0) == cube && long.place(cube, trial: 20) == cube)
    #expect(long.place(cube, trial: 5).dropFirst() == cube.dropFirst())
  }

  @Test func `a branch within a branch is one of its own`() throws {
    let space = SearchSpace([
      Dimension("outer", .values(["p", "q"])),
      Dimension("inner", .values(["r", "s"]), when: .init("outer", in: ["q"])),
      Self.range("x", when: .init("inner", in: ["s"])),
    ])
    let schedule = try #require(BranchSchedule(space, trials: 8))
    let points = (0..<8).map { space.point(at: schedule.place([0.5, 0.5, 0.5], trial: $0)) }
    func share(_ name: String, _ value: JSONValue) -> Int { points.count { $0[name] == value } }
    // Weights 1, 1 and 2: the choice of a branch is no parameter in it.
    #expect(share("outer", "p") == 2 && share("inner", "r") == 2 && share("inner", "s") == 4)
  }

  /// Weights 3, 4 and 2, and a design of nine: after 36 trials they are entitled to 6, 8 and 4.
  @Test func `a branch that is forgotten is owed a trial`() throws {
    let schedule = try #require(BranchSchedule(Self.families, trials: 9))
    func points(_ counts: [String: Int]) -> [Point] {
      counts.sorted { $0.key < $1.key }.flatMap { family, count in
        (0..<count).map {
          Self.families.point(at: [family == "a" ? 0.1 : family == "b" ? 0.5 : 0.9, 0.01 * Double($0), 0, 0, 0])
        }
      }
    }
    #expect(schedule.branch(of: points(["b": 1])[0]) == 1)
    #expect(schedule.owed(after: points(["a": 8])) == nil)
    #expect(schedule.owed(after: points(["a": 3, "b": 4, "c": 2])) == nil)
    #expect(schedule.owed(after: points(["a": 24, "b": 8, "c": 4])) == nil)
    #expect(schedule.owed(after: points(["a": 25, "b": 8, "c": 3])) == 2)
    #expect(schedule.owed(after: points(["a": 5, "b": 25, "c": 6])) == 0)
    // The one that is furthest behind.
    #expect(schedule.owed(after: points(["a": 31, "b": 4, "c": 1])) == 1)
    // Trials that a user put outside the space belong to none.
    #expect(schedule.branch(of: Point(["family": "d"])) == nil)
  }

  @Test func `a space without branches, or with too many, has no schedule`() {
    #expect(BranchSchedule(Spaces.continuous, trials: 6) == nil)
    #expect(BranchSchedule(Self.families, trials: 2) == nil)
    let numbers = SearchSpace([
      Dimension("layers", .integer(1...3, log: false, steps: nil)), Self.range("x", when: .init("layers", in: [2, 3])),
    ])
    #expect(BranchSchedule(numbers, trials: 6) == nil)
  }
}
