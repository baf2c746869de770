public import Tensors

/// Images, each translated by a scale times a vector of its own, with bilinear interpolation and zeros outside; or the
/// derivative of some order with respect to the scale; or the adjoint of either as a map of the images.
///
/// Between the kinks of the interpolation all is linear in the images and of second degree in the scale, so that the
/// family is closed under differentiation. The inputs are images, the scale, and images x 2 numbers: how far down and
/// to the right each moves, in pixels, at scale 1. The vectors have no derivative.
struct ImageTranslation<Scalar: TensorScalar>: Operation {
  let image: ImageGeometry
  let images: Int
  let shape: Shape
  var order = 0
  var isAdjoint = false

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    let (x, scale, vectors, y) = (frame.input(0), frame.input(1)[0], frame.input(2), frame.result(0))
    for index in 0..<images {
      Scalar.translate(
        x + index * image.count, image, down: vectors[2 * index], right: vectors[2 * index + 1], scale: scale,
        derivative: order, isAdjoint: isAdjoint, into: y + index * image.count)
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    guard let c = cotangents[0] else { return [nil, nil, nil] }
    let (x, scale, vectors) = (call.inputs[0], call.inputs[1], call.inputs[2])
    var (adjoint, slope) = (self, self)
    adjoint.isAdjoint = !isAdjoint
    slope.order = order + 1
    return [
      adjoint(c, scale, vectors), order < 2 ? c.dot(slope(x, scale, vectors), shape: scale.shape) : nil, nil,
    ]
  }
}

extension Variable {
  /// Images, each moved by `scale` times a vector of its own: bilinear interpolation, with zeros outside.
  ///
  /// - Parameters:
  ///   - scale: A scalar.
  ///   - vectors: images x 2, how far down and to the right each image moves, in pixels, at scale 1. They are taken as
  ///     constants.
  public func translated(_ image: ImageGeometry, by scale: Variable, times vectors: Variable) -> Variable {
    precondition(shape.count % image.count == 0, "\(shape) is not made of images of \(image)")
    let images = shape.count / image.count
    precondition(scale.shape.count == 1, "a translation's scale is a number, not of the shape \(scale.shape)")
    precondition(vectors.shape.count == 2 * images, "\(vectors.shape) are not the vectors of \(images) images")
    return ImageTranslation(image: image, images: images, shape: shape)(self, scale, vectors)
  }
}
