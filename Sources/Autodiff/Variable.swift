import Synchronization
public import Tensors

/// A value in an expression graph: what an operation computes from other variables. Nothing is computed until a
/// `Program` is made of it and run.
///
/// Graphs are immutable values. `gradient(of:withRespectTo:)` makes new variables of the same kind, so that derivatives
/// can be differentiated again, unrolled training steps included.
public struct Variable<Scalar: TensorScalar>: Sendable {
  package let node: Node<Scalar>
  /// Which of the operation's results.
  package let result: Int

  init(node: Node<Scalar>, result: Int) {
    self.node = node
    self.result = result
  }

  public var shape: Shape { node.shapes[result] }

  /// A variable whose numbers are bound when a program runs.
  public static func input(_ shape: Shape, name: String = "input") -> Variable {
    Input(name: name, shape: shape)()
  }

  /// Fixed numbers.
  public static func constant(_ values: [Scalar], shape: Shape) -> Variable {
    precondition(values.count == shape.count, "\(values.count) numbers do not fit the shape \(shape)")
    return Constant(values: Vector(values), shape: shape)()
  }

  /// A fixed scalar.
  public static func constant(_ value: Scalar) -> Variable { Constant(values: Vector([value]), shape: .scalar)() }

  /// The scalar that a constant holds; nil for everything else.
  var constantScalar: Scalar? {
    guard shape.count == 1, let constant = node.operation as? Constant<Scalar> else { return nil }
    return constant.values[0]
  }

  /// The same value, with nothing flowing back through it: its derivative is taken to be 0.
  public var stopped: Variable { StopGradient(shape: shape)(self) }
}

extension Variable: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.node === b.node && a.result == b.result }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(node))
    hasher.combine(result)
  }
}

/// One application of an operation.
package final class Node<Scalar: TensorScalar>: Sendable {
  /// Greater than the numbers of all its inputs.
  let number: Int
  package let operation: any Operation<Scalar>
  package let inputs: [Variable<Scalar>]
  let shapes: [Shape]
  /// Results that equal results of earlier nodes: where both are in a program, the earlier one is not computed.
  let equivalents: [(result: Int, of: Variable<Scalar>)]

  init(
    _ operation: any Operation<Scalar>, _ inputs: [Variable<Scalar>],
    equivalents: [(result: Int, of: Variable<Scalar>)] = []
  ) {
    self.operation = operation
    self.inputs = inputs
    self.equivalents = equivalents
    shapes = operation.shapes
    number = NodeNumber.next()
  }
}

private enum NodeNumber {
  static let counter = Atomic<Int>(0)

  static func next() -> Int { counter.wrappingAdd(1, ordering: .relaxed).newValue }
}
