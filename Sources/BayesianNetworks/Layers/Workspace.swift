import Tensors

/// Memory that is made once and written in every step. Its numbers mean nothing between steps.
final class Workspace<Scalar: TensorScalar> {
  private var memory: Vector<Scalar>
  let base: UnsafeMutablePointer<Scalar>

  init(_ count: Int) {
    memory = Vector(count: count)
    base = memory.unsafeMutablePointer()
  }
}
