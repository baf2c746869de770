import Tensors

/// a x y, number by number: the derivative of a square and the like, which a sum takes up without a pass of its own.
struct ScaledProduct<Scalar: TensorScalar>: Operation {
  let factor: Scalar
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    let (x, y, z) = (frame.input(0), frame.input(1), frame.result(0))
    if frame.accumulates(0) {
      Scalar.multiplyAdd(factor, x, y, z, count: shape.count)
    } else {
      Scalar.scaledProduct(factor, x, y, into: z, count: shape.count)
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let (x, y) = (call.inputs[0], call.inputs[1])
    return [
      ScaledProduct(factor: factor, shape: x.shape)(c, y), ScaledProduct(factor: factor, shape: y.shape)(c, x),
    ]
  }
}

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func scaledProduct(
    _ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, into z: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { z[i] = a * x[i] * y[i] }
  }
}
