import Foundation
import Objectives
import StudyModel
import Testing

@Suite struct TestFunctionTests {
  @Test func branin() {
    for x in [[-Double.pi, 12.275], [.pi, 2.275], [9.42478, 2.475]] { #expect(abs(Branin.value(x) - 0.397887) < 1e-5) }
    #expect(abs(Branin.value([0, 0]) - 55.602112642270262) < 1e-12)
  }

  @Test func hartmann6() {
    #expect(abs(Hartmann6.value([0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]) + 3.32237) < 1e-5)
  }

  @Test(arguments: [1, 2, 5, 10]) func minimaOfAnyDimension(_ d: Int) {
    #expect(abs(Ackley.value(Array(repeating: 0, count: d))) < 1e-12)
    #expect(abs(Levy.value(Array(repeating: 1, count: d))) < 1e-12)
    #expect(Rosenbrock.value(Array(repeating: 1, count: d)) == 0)
  }

  /// Nowhere on a grid is a function below its known minimum.
  @Test func nothingBelowTheMinimum() {
    for i in 0...60 {
      for j in 0...60 {
        let (u, v) = (Double(i) / 60, Double(j) / 60)
        #expect(Branin.value([-5 + 15 * u, 15 * v]) > 0.39788)
        #expect(Ackley.value([-30 + 61 * u, -30 + 61 * v]) > -1e-12)
        #expect(Levy.value([-10 + 20 * u, -10 + 20 * v]) >= 0)
        #expect(Rosenbrock.value([-5 + 10 * u, -5 + 10 * v]) >= 0)
        #expect(Hartmann6.value([u, v, 0.476874, 0.275332, 0.311652, 0.6573]) > -3.32238)
      }
    }
  }

  @Test func valuesAwayFromTheMinimum() {
    #expect(Rosenbrock.value([0, 0]) == 1)
    #expect(Rosenbrock.value([-1, 1, 2]) == 4 + 100)
    #expect(abs(Ackley.value([1, 1]) - 3.6253849384403627) < 1e-12)
    #expect(abs(Levy.value([0, 0]) - 0.7158445541169746) < 1e-12)
  }
}

@Suite struct TestFunctionObjectiveTests {
  private func configuration(_ function: SweepConfiguration.Objective.Function, _ names: [String]) -> SweepConfiguration
  {
    var result = SweepConfiguration()
    result.objective.function = function
    result.objective.metric = "value"
    result.space = SearchSpace(names.map { Dimension($0, .float(0...1, log: false, steps: nil)) })
    return result
  }

  private func run(_ objective: any Objective, _ point: Point) throws -> [String: Double] {
    try objective.run(
      RunAssignment(
        attempt: Attempt(run: RunID(trial: 0, index: 0), number: 1), fold: 0, seed: 0, point: point,
        configuration: SweepConfiguration()), context: RecordingContext())
  }

  @Test func valueAtAPoint() throws {
    let branin = try makeObjective(for: configuration(.branin, ["x2", "x1"]), directory: "/")
    #expect(try run(branin, Point(["x2": 2.275, "x1": .number(.pi)])) == ["value": Branin.value([.pi, 2.275])])
    let ackley = try makeObjective(for: configuration(.ackley, ["x1", "x2", "x3"]), directory: "/")
    #expect(try run(ackley, Point(["x1": 1, "x2": 2, "x3": 3.5])) == ["value": Ackley.value([1, 2, 3.5])])
    let noop = try makeObjective(for: configuration(.noop, ["anything"]), directory: "/")
    #expect(try run(noop, Point(["anything": 0.5, "word": "a", "n": 2])) == ["value": 2.5])
  }

  @Test func wrongSpace() {
    func message(_ configuration: SweepConfiguration) -> String {
      do {
        try checkObjective(for: configuration, directory: "/")
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(configuration(.branin, ["x1", "y"])) == "space: branin is a function of x1, x2; found x1, y")
    #expect(
      message(configuration(.hartmann6, ["x1"])) == "space: hartmann6 is a function of x1, x2, x3, x4, x5, x6; found x1"
    )
    #expect(message(configuration(.levy, ["x1", "x3"])) == "space: levy is a function of x1, x2, ...; found x1, x3")
    #expect(message(configuration(.levy, [])) == "space: levy is a function of x1, x2, ...; found no dimensions")
    var other = configuration(.noop, [])
    other.objective.metric = "elbo"
    #expect(message(other) == "objective.metric: a test function's metric is \"value\", found \"elbo\"")
  }

  @Test func pointWithoutADimension() throws {
    let branin = try makeObjective(for: configuration(.branin, ["x1", "x2"]), directory: "/")
    #expect(throws: ObjectiveError.self) { try run(branin, Point(["x1": 1.0])) }
  }
}
