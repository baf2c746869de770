import Autodiff
import Tensors
import Testing

@Suite struct GradientTests {
  @Test func ofWhatIsNotReached() {
    let (x, y) = (V.input([2]), V.input([3]))
    let derivatives = gradient(of: x.sum(), withRespectTo: [x, y])
    #expect(values(derivatives, at: [(x, [1, 2])]) == [[1, 1], [0, 0, 0]])
  }

  @Test func stopsWhereToldTo() {
    let x = V.input([])
    #expect(values(gradient(of: x * x.stopped, withRespectTo: [x]), at: [(x, [3])]) == [[3]])
  }

  /// The example of reverse accumulation: x1 x2 + sin(x1), here with exp.
  @Test func ofVariablesUsedTwice() {
    let (x, y) = (V.input([]), V.input([]))
    let derivatives = gradient(of: x * y + x.exp(), withRespectTo: [x, y])
    let found = values(derivatives, at: [(x, [0]), (y, [5])])
    #expect(found == [[6], [0]])
  }

  /// L = 1/2 (w - 2)^2 + 1/2 exp(l) w^2 and Q = 1/2 (w - 1/2)^2: dQ/dl at the inner optimum w = 2 / (1 + exp(l)) is
  /// -0.25 at l = 0. A long unrolled descent has the same derivative, and a derivative with respect to its rate.
  @Test func throughUnrolledSteps() {
    let (start, l, rate) = (V.input([]), V.input([]), V.input([]))
    var w = start
    for _ in 0..<60 {
      let loss = (w - 2).squared() * 0.5 + l.exp() * w.squared() * 0.5
      w = w - rate * gradient(of: loss, withRespectTo: [w])[0]
    }
    let validation = (w - 0.5).squared() * 0.5
    let point = [(variable: start, values: [0.3]), (variable: l, values: [0.0]), (variable: rate, values: [0.3])]
    let derivative = values(gradient(of: validation, withRespectTo: [l]), at: point)[0][0]
    #expect((derivative + 0.25).magnitude < 1e-10)
    #expect((values([w], at: point)[0][0] - 1).magnitude < 1e-10)
    var short = start
    for _ in 0..<3 {
      let loss = (short - 2).squared() * 0.5 + l.exp() * short.squared() * 0.5
      short = short - rate * gradient(of: loss, withRespectTo: [short])[0]
    }
    #expect(GradientCheck().error(of: (short - 0.5).squared(), at: point) < 1e-9)
  }

  /// d^4/dx^4 of x^4 is 24.
  @Test func anyNumberOfTimes() {
    let x = V.input([])
    var value = x.squared().squared()
    for _ in 0..<4 { value = gradient(of: value, withRespectTo: [x])[0] }
    #expect(values([value], at: [(x, [1.7])])[0][0] == 24)
  }
}
