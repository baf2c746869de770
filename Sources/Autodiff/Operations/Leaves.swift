import Tensors

/// Numbers that are bound when a program runs.
struct Input<Scalar: TensorScalar>: Operation {
  let name: String
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func run(_ frame: Frame<Scalar>) {}
  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [] }
}

/// Numbers that are always the same.
struct Constant<Scalar: TensorScalar>: Operation {
  let values: Vector<Scalar>
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func run(_ frame: Frame<Scalar>) {}
  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [] }
}

/// The same numbers, through which no derivative flows.
struct StopGradient<Scalar: TensorScalar>: Operation {
  let shape: Shape

  var shapes: [Shape] { [shape] }
  var view: (input: Int, offset: Int)? { (0, 0) }
  func run(_ frame: Frame<Scalar>) {}
  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [nil] }
}
