import Tensors

/// x op y, number by number. Either can be a scalar.
struct Arithmetic<Scalar: TensorScalar>: Operation {
  enum Function: Sendable { case add, subtract, multiply, divide }

  let function: Function
  let shape: Shape
  let isLeftScalar: Bool
  let isRightScalar: Bool

  var shapes: [Shape] { [shape] }
  func overwritable(_ result: Int) -> Int? { isLeftScalar ? (isRightScalar ? nil : 1) : 0 }

  func run(_ frame: Frame<Scalar>) {
    Scalar.arithmetic(
      function, frame.input(0), isLeftScalar, frame.input(1), isRightScalar, into: frame.result(0), count: shape.count)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let (x, y) = (call.inputs[0], call.inputs[1])
    switch function {
    case .add: return [reduced(c, x), reduced(c, y)]
    case .subtract: return [reduced(c, x), reduced(-c, y)]
    case .multiply:
      return [
        isLeftScalar && !isRightScalar ? c.dot(y, shape: x.shape) : c * y,
        isRightScalar && !isLeftScalar ? c.dot(x, shape: y.shape) : c * x,
      ]
    case .divide:
      let quotient = c / y
      return [reduced(quotient, x), reduced(-(quotient * call.results[0]), y)]
    }
  }

  /// The cotangent of an operand: summed, where a scalar stood for all numbers.
  private func reduced(_ cotangent: Variable<Scalar>, _ operand: Variable<Scalar>) -> Variable<Scalar> {
    operand.shape.count == 1 && shape.count != 1 ? cotangent.sum(shape: operand.shape) : cotangent
  }

  static func make(
    _ function: Function, _ x: Variable<Scalar>, _ y: Variable<Scalar>
  ) -> Variable<Scalar> {
    let (isLeft, isRight) = (x.shape.count == 1, y.shape.count == 1)
    precondition(
      isLeft || isRight || x.shape.count == y.shape.count, "the shapes \(x.shape) and \(y.shape) do not go together")
    let shape = isLeft && (!isRight || x.shape == .scalar) ? y.shape : x.shape
    return Arithmetic(function: function, shape: shape, isLeftScalar: isLeft, isRightScalar: isRight)(x, y)
  }
}

extension Variable {
  public static func + (x: Variable, y: Variable) -> Variable {
    if x.constantScalar == 0, y.shape.count >= x.shape.count { return y }
    if y.constantScalar == 0, x.shape.count >= y.shape.count { return x }
    return Arithmetic.make(.add, x, y)
  }

  public static func - (x: Variable, y: Variable) -> Variable { Arithmetic.make(.subtract, x, y) }

  public static func * (x: Variable, y: Variable) -> Variable {
    if x.constantScalar == 1, y.shape.count >= x.shape.count { return y }
    if y.constantScalar == 1, x.shape.count >= y.shape.count { return x }
    if let a = x.constantScalar, let b = y.constantScalar { return .constant(a * b) }
    return Arithmetic.make(.multiply, x, y)
  }

  public static func / (x: Variable, y: Variable) -> Variable { Arithmetic.make(.divide, x, y) }

  public static func + (x: Variable, y: Scalar) -> Variable { x + .constant(y) }
  public static func - (x: Variable, y: Scalar) -> Variable { x - .constant(y) }
  public static func * (x: Variable, y: Scalar) -> Variable { x * .constant(y) }
  public static func / (x: Variable, y: Scalar) -> Variable { x / .constant(y) }
  public static func + (x: Scalar, y: Variable) -> Variable { .constant(x) + y }
  public static func - (x: Scalar, y: Variable) -> Variable { .constant(x) - y }
  public static func * (x: Scalar, y: Variable) -> Variable { .constant(x) * y }
  public static func / (x: Scalar, y: Variable) -> Variable { .constant(x) / y }
}

extension TensorScalar {
  /// Calls `body(x, y, start, count)` for all of x and y, or, where they are the same memory, block by block with a
  /// copy of x: a loop from one pointer to another does not vectorise where they are equal.
  @inline(__always)
  static func apart(
    _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, count: Int,
    _ body: (UnsafePointer<Self>, UnsafeMutablePointer<Self>, Int, Int) -> Void
  ) {
    guard x == UnsafePointer(y) else { return body(x, y, 0, count) }
    let block = 1024 / MemoryLayout<Self>.stride
    withUnsafeTemporaryAllocation(of: Self.self, capacity: block) { memory in
      let scratch = memory.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        copy(x + start, into: scratch, count: n)
        body(scratch, y + start, start, n)
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func arithmetic(
    _ function: Arithmetic<Self>.Function, _ x: UnsafePointer<Self>, _ isLeftScalar: Bool, _ y: UnsafePointer<Self>,
    _ isRightScalar: Bool, into z: UnsafeMutablePointer<Self>, count: Int
  ) {
    if isLeftScalar && !isRightScalar {
      apart(y, z, count: count) { y, z, _, n in arithmeticLoop(function, x, true, y, false, into: z, count: n) }
    } else {
      apart(x, z, count: count) { x, z, start, n in
        arithmeticLoop(
          function, x, isLeftScalar, isRightScalar ? y : y + start, isRightScalar, into: z, count: n)
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func arithmeticLoop(
    _ function: Arithmetic<Self>.Function, _ x: UnsafePointer<Self>, _ isLeftScalar: Bool, _ y: UnsafePointer<Self>,
    _ isRightScalar: Bool, into z: UnsafeMutablePointer<Self>, count: Int
  ) {
    if isRightScalar {
      let b = y[0]
      switch function {
      case .add: for i in 0..<count { z[i] = x[i] + b }
      case .subtract: for i in 0..<count { z[i] = x[i] - b }
      case .multiply: for i in 0..<count { z[i] = x[i] * b }
      case .divide:
        for i in 0..<count { z[i] = x[i] / b }
      }
    } else if isLeftScalar {
      let a = x[0]
      switch function {
      case .add: for i in 0..<count { z[i] = a + y[i] }
      case .subtract: for i in 0..<count { z[i] = a - y[i] }
      case .multiply: for i in 0..<count { z[i] = a * y[i] }
      case .divide: for i in 0..<count { z[i] = a / y[i] }
      }
    } else {
      switch function {
      case .add: for i in 0..<count { z[i] = x[i] + y[i] }
      case .subtract: for i in 0..<count { z[i] = x[i] - y[i] }
      case .multiply: for i in 0..<count { z[i] = x[i] * y[i] }
      case .divide: for i in 0..<count { z[i] = x[i] / y[i] }
      }
    }
  }
}
