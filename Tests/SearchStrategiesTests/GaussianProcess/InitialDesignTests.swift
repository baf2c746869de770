import SearchStrategies
import StudyModel
import Testing

@Suite struct InitialDesignTests {
  @Test func `the centre comes first, then the Sobol sequence`() {
    let space = Spaces.continuous
    let design = InitialDesign(space: space, seed: 4, trials: 4)
    let asked = AskedPoints(space: space)
    #expect(design.point(trial: 0, asked: asked)?["x"]?.double == 0.5)
    var sobol = SobolStrategy(space: space, seed: 4)
    let points = sobol.ask(AskRequest(numbers: 0..<5, asked: [], pending: [])).map(\.point)
    #expect((1...5).map { design.point(trial: $0, asked: asked) } == points)
  }

  @Test func `it is short, but in a conditional space and for the probability of improvement`() {
    #expect(InitialDesign.trials(in: SearchSpace()) == 4)
    #expect(InitialDesign.trials(in: Spaces.cube(100)) == 4)
    #expect(InitialDesign.trials(in: Spaces.cube(3), acquisition: .logProbabilityOfImprovement) == 7)
    #expect(InitialDesign.trials(in: Spaces.cube(100), acquisition: .logProbabilityOfImprovement) == 20)
    #expect(InitialDesign.trials(in: Spaces.mixed) == 9)
    #expect(InitialDesign(space: Spaces.continuous, seed: 0, trials: 3).trials == 3)
  }

  @Test func `what was asked before is replaced, until nothing is left`() {
    let space = Spaces.discrete
    let design = InitialDesign(space: space, seed: 1, trials: 4)
    var asked = AskedPoints(space: space)
    for trial in 0..<14 {
      guard let point = design.point(trial: trial, asked: asked) else {
        Issue.record("no point for trial \(trial)")
        return
      }
      #expect(!asked.contains(point) && space.contains(point))
      asked.insert(point)
    }
    #expect(design.point(trial: 14, asked: asked) == nil)
    #expect(space.contains(design.anyPoint(trial: 14)))
  }

  @Test func `a range of a few floating-point numbers ends too`() {
    let space = SearchSpace([Dimension("x", .float(1...1.0.nextUp, log: false, steps: nil))])
    let design = InitialDesign(space: space, seed: 1, trials: 4)
    var asked = AskedPoints(space: space)
    for trial in 0..<2 { if let point = design.point(trial: trial, asked: asked) { asked.insert(point) } }
    #expect(design.point(trial: 2, asked: asked) == nil)
  }
}
