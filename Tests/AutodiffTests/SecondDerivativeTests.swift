import Autodiff
import Tensors
import Testing

/// Derivatives of derivatives where the cotangent of an operation depends on its output: loss and activation share the
/// path, and the pullback must not count it twice.
@Suite struct SecondDerivativeTests {
  @Test(arguments: ["tanh", "sigmoid", "softplus", "gelu"])
  func ofAnActivation(_ name: String) {
    let (x, w) = (Variable<Double>.input([3]), Variable<Double>.input([3]))
    let y =
      switch name {
      case "tanh": x.tanh()
      case "sigmoid": x.sigmoid()
      case "softplus": x.softplus()
      default: x.gelu()
      }
    let loss = (w * y).squared().sum() * 0.5
    let direction = Variable<Double>.input([3])
    let first = gradient(of: loss, withRespectTo: [x, w])
    let second = hessianVectorProduct(of: loss, withRespectTo: [x, w], times: [direction, .zeros([3])])
    let program = Program(inputs: [x, w, direction], outputs: first + second)
    let (weights, along) = (Vector<Double>([0.7, -1.2, 0.4]), Vector<Double>([1.0, -0.5, 2]))
    func run(_ shift: Double) -> [[Double]] {
      let point = Vector([0.3, -0.8, 1.1].enumerated().map { $1 + shift * along[$0] })
      program.bind(input: 0, to: point.unsafePointer)
      program.bind(input: 1, to: weights.unsafePointer)
      program.bind(input: 2, to: along.unsafePointer)
      program.run()
      return withExtendedLifetime(point) { (0..<4).map { output in (0..<3).map { program.output(output)[$0] } } }
    }
    let (below, here, above) = (run(-1e-5), run(0), run(1e-5))
    for part in 0..<2 {
      for i in 0..<3 {
        #expect(abs((above[part][i] - below[part][i]) / 2e-5 - here[2 + part][i]) < 1e-8, "part \(part), number \(i)")
      }
    }
  }
}
