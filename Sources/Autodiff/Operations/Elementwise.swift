import Tensors

/// A function of one number, applied to each.
struct Elementwise<Scalar: TensorScalar>: Operation {
  enum Function: Sendable {
    case exp, log, log1p, sqrt, square, reciprocal, negative, magnitude, sign, step, erf
    case tanh, sigmoid, softplus, relu, gelu
  }

  let function: Function
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func overwritable(_ result: Int) -> Int? { 0 }

  func run(_ frame: Frame<Scalar>) {
    Scalar.elementwise(function, frame.input(0), into: frame.result(0), count: shape.count)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil] }
    let (x, y) = (call.inputs[0], call.results[0])
    switch function {
    case .exp: return [c * y]
    case .log: return [c / x]
    case .log1p: return [c / (x + .constant(1))]
    case .sqrt: return [c * .constant(0.5) / y]
    case .square: return [ScaledProduct(factor: 2, shape: shape)(x, c)]
    case .reciprocal: return [-(c * y.squared())]
    case .negative: return [-c]
    case .magnitude: return [c * x.sign()]
    case .sign, .step: return [nil]
    case .erf: return [c * ((-x.squared()).exp() * .constant(1.128_379_167_095_512_6))]
    case .tanh, .sigmoid, .softplus, .relu:
      return [ActivationPullBack(function: function, shape: shape)(y, c)]
    case .gelu: return [ActivationPullBack(function: function, shape: shape)(x, c)]
    }
  }
}

/// cotangent x f'(x), from the output f(x), or for gelu from x.
struct ActivationPullBack<Scalar: TensorScalar>: FusedOperation {
  let function: Elementwise<Scalar>.Function
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func overwritable(_ result: Int) -> Int? { 1 }

  func run(_ frame: Frame<Scalar>) {
    let (y, c, out, count) = (frame.input(0), frame.input(1), frame.result(0), shape.count)
    if c != UnsafePointer(out) { Scalar.copy(c, into: out, count: count) }
    switch function {
    case .tanh: Scalar.tanhGradient(output: y, out, count: count)
    case .sigmoid: Scalar.sigmoidGradient(output: y, out, count: count)
    case .softplus: Scalar.softplusGradient(output: y, out, count: count)
    case .relu: Scalar.reluGradient(output: y, out, count: count)
    case .gelu: Scalar.geluGradient(input: y, out, count: count)
    default: preconditionFailure("\(function) has no pullback of its own")
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let (y, c) = (inputs[0], inputs[1])
    switch function {
    case .tanh: return [c * (.constant(1) - y.squared())]
    case .sigmoid: return [c * (y * (.constant(1) - y))]
    case .softplus: return [c * (.constant(1) - (-y).exp())]
    case .relu: return [c * y.step()]
    case .gelu:
      let cumulative = ((y * .constant(0.707_106_781_186_547_5)).erf() + .constant(1)) * .constant(0.5)
      let density = (y.squared() * .constant(-0.5)).exp() * .constant(0.398_942_280_401_432_7)
      return [c * (cumulative + y * density)]
    default: preconditionFailure("\(function) has no pullback of its own")
    }
  }
}

extension Variable {
  private func apply(_ function: Elementwise<Scalar>.Function) -> Variable {
    Elementwise(function: function, shape: shape)(self)
  }

  public func exp() -> Variable { apply(.exp) }
  public func log() -> Variable { apply(.log) }
  /// log(1 + x), for x in [0, 1].
  public func log1p() -> Variable { apply(.log1p) }
  public func squareRoot() -> Variable { apply(.sqrt) }
  public func squared() -> Variable { apply(.square) }
  public func reciprocal() -> Variable { apply(.reciprocal) }
  public func magnitude() -> Variable { apply(.magnitude) }
  /// -1, 0 or 1; its derivative is 0.
  public func sign() -> Variable { apply(.sign) }
  /// 1 where x > 0 and 0 elsewhere; its derivative is 0.
  public func step() -> Variable { apply(.step) }
  public func erf() -> Variable { apply(.erf) }
  public func tanh() -> Variable { apply(.tanh) }
  public func sigmoid() -> Variable { apply(.sigmoid) }
  /// log(1 + exp(x))
  public func softplus() -> Variable { apply(.softplus) }
  public func relu() -> Variable { apply(.relu) }
  /// x Phi(x) (Hendrycks and Gimpel 2016), exact, through the error function.
  public func gelu() -> Variable { apply(.gelu) }

  public static prefix func - (x: Variable) -> Variable {
    if let value = x.constantScalar { return .constant(-value) }
    return x.apply(.negative)
  }
}

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func elementwise(
    _ function: Elementwise<Self>.Function, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    apart(x, y, count: count) { x, y, _, n in
      switch function {
      case .exp: exp(x, into: y, count: n)
      case .log: log(x, into: y, count: n)
      case .square: square(x, into: y, count: n)
      case .tanh: tanh(x, into: y, count: n)
      case .sigmoid: sigmoid(x, into: y, count: n)
      case .softplus: softplus(x, into: y, count: n)
      case .relu: relu(x, into: y, count: n)
      case .gelu: gelu(x, into: y, count: n)
      default: elementwiseLoop(function, x, into: y, count: n)
      }
    }
  }

  /// The functions that are not worth a kernel of their own.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func elementwiseLoop(
    _ function: Elementwise<Self>.Function, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    switch function {
    case .log1p: for i in 0..<count { y[i] = log1p(x[i]) }
    case .sqrt: for i in 0..<count { y[i] = sqrt(x[i]) }
    case .reciprocal: for i in 0..<count { y[i] = 1 / x[i] }
    case .negative: for i in 0..<count { y[i] = -x[i] }
    case .magnitude: for i in 0..<count { y[i] = x[i].magnitude }
    case .sign: for i in 0..<count { y[i] = x[i] > 0 ? 1 : (x[i] < 0 ? -1 : 0) }
    case .step: for i in 0..<count { y[i] = x[i] > 0 ? 1 : 0 }
    case .erf: for i in 0..<count { y[i] = erf(x[i]) }
    default: preconditionFailure("\(function) has a kernel of its own")
    }
  }
}
