import Tensors

/// A part of an array's numbers in their order, under another shape: no copy.
struct View<Scalar: TensorScalar>: Operation {
  let offset: Int
  let input: Shape
  let shape: Shape

  var shapes: [Shape] { [shape] }
  var view: (input: Int, offset: Int)? { (0, offset) }
  func run(_ frame: Frame<Scalar>) {}

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil] }
    return [
      input.count == shape.count
        ? c.reshaped(input) : Concatenation(starts: [offset], counts: [shape.count], shape: input)(c)
    ]
  }
}

/// Arrays placed one after another, or at given places with zeros around them.
struct Concatenation<Scalar: TensorScalar>: Operation {
  let starts: [Int]
  let counts: [Int]
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    let out = frame.result(0)
    if frame.accumulates(0) {
      for part in starts.indices { Scalar.axpy(1, frame.input(part), out + starts[part], count: counts[part]) }
      return
    }
    if counts.reduce(0, +) != shape.count { Scalar.fill(out, with: 0, count: shape.count) }
    for part in starts.indices { Scalar.copy(frame.input(part), into: out + starts[part], count: counts[part]) }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    call.inputs.indices.map { part in
      cotangents[0].map { View(offset: starts[part], input: shape, shape: call.inputs[part].shape)($0) }
    }
  }
}

extension Variable {
  /// The same numbers under another shape.
  public func reshaped(_ shape: Shape) -> Variable {
    precondition(shape.count == self.shape.count, "\(self.shape) cannot be reshaped to \(shape)")
    return shape == self.shape ? self : View(offset: 0, input: self.shape, shape: shape)(self)
  }

  /// Numbers from `start` on, as an array of the given shape.
  public func slice(from start: Int, shape: Shape) -> Variable {
    precondition(
      start >= 0 && start + shape.count <= self.shape.count,
      "\(shape.count) numbers from \(start) are not in an array of \(self.shape)")
    return View(offset: start, input: self.shape, shape: shape)(self)
  }

  /// All numbers, one array after another, as a vector.
  public static func concatenated(_ parts: [Variable]) -> Variable {
    precondition(!parts.isEmpty, "there is nothing to concatenate")
    var starts: [Int] = []
    var end = 0
    for part in parts {
      starts.append(end)
      end += part.shape.count
    }
    return Concatenation(starts: starts, counts: parts.map(\.shape.count), shape: [end]).results(parts)[0]
  }
}
