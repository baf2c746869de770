import ArgumentParser
import Objectives
import StudyModel

/// A function whose minimum is known: test functions on their usual boxes, and one on a conditional space.
enum SearchProblem: String, CaseIterable, ExpressibleByArgument {
  case branin, hartmann6, levy4, ackley5, rosenbrock4
  /// Three families, each with parameters of its own and a minimum of its own, 0.3, 0.15 and 0.
  case branches

  /// Of each dimension; empty for a conditional space. The box of Ackley's function is not symmetric, so that its minimum is not in the middle.
  var box: [ClosedRange<Double>] {
    switch self {
    case .branin: [-5...10, 0...15]
    case .hartmann6: Array(repeating: 0...1, count: 6)
    case .levy4: Array(repeating: -10...10, count: 4)
    case .ackley5: Array(repeating: (-32.768 * 0.6)...32.768, count: 5)
    case .rosenbrock4: Array(repeating: -5...10, count: 4)
    case .branches: []
    }
  }

  /// The value above the minimum, for a box.
  func regret(_ x: [Double]) -> Double {
    switch self {
    case .branin: Branin.value(x) - 0.39788735772973816
    case .hartmann6: Hartmann6.value(x) + 3.322368011415515
    case .levy4: Levy.value(x)
    case .ackley5: Ackley.value(x)
    case .rosenbrock4: Rosenbrock.value(x)
    case .branches: .nan
    }
  }

  /// Families of one, two and three parameters of their own, and a shared one.
  private static let branchedSpace = {
    func range(_ name: String, _ range: ClosedRange<Double>, _ family: String) -> Dimension {
      Dimension(name, .float(range, log: false, steps: nil), when: .init("family", in: [.string(family)]))
    }
    return SearchSpace([
      Dimension("family", .values(["narrow", "wide", "mixture"])),
      Dimension("z", .float(0...1, log: false, steps: nil)), range("narrow.s", -4...0, "narrow"),
      range("wide.s", 0...4, "wide"), range("wide.t", 0...4, "wide"), range("mixture.a", -2...2, "mixture"),
      range("mixture.b", -2...2, "mixture"), range("mixture.c", -2...2, "mixture"),
    ])
  }()

  private static func branchedValue(_ point: Point) -> Double {
    func x(_ name: String) -> Double { point[name]?.double ?? .nan }
    func square(_ value: Double) -> Double { value * value }
    switch point["family"]?.string {
    case "narrow": return 0.3 + square(x("narrow.s") + 1.5) + square(x("z") - 0.8) / 2
    case "wide":
      return 0.15 + (square(x("wide.s") - 2.5) + square(x("wide.t") - 0.7)) / 2 + square(x("z") - 0.3) / 2
    default:
      return square(x("mixture.a") - 0.6) + square(x("mixture.b") + 0.9) + square(x("mixture.c") - 0.2) / 2
        + square(x("z") - 0.5) / 2
    }
  }

  var space: SearchSpace {
    if self == .branches { return Self.branchedSpace }
    return SearchSpace(box.enumerated().map { Dimension("x\($0 + 1)", .float($1, log: false, steps: nil)) })
  }

  /// The searches of other libraries that can be run on it.
  var peers: [String] { self == .branches ? ["tpe"] : ["optuna", "botorch"] }

  func regret(at point: Point) -> Double {
    if self == .branches { return Self.branchedValue(point) }
    return regret(space.dimensions.map { point[$0.name]?.double ?? .nan })
  }
}
