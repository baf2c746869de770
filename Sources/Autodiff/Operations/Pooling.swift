public import Tensors

// Pooling is linear once the places of the maxima are known; each function here is the adjoint of another.

/// The maxima of windows, and where they were found.
struct MaxPooling<Scalar: TensorScalar>: Operation {
  let geometry: PoolingGeometry
  let images: Int

  var shapes: [Shape] {
    [
      [images, geometry.outputHeight, geometry.outputWidth, geometry.channels],
      // 32-bit indices fit into the room of a number.
      [images * geometry.outputSize],
    ]
  }
  func isScratch(_ result: Int) -> Bool { result == 1 }

  func run(_ frame: Frame<Scalar>) {
    Scalar.maxPool(
      frame.input(0), images: images, geometry, into: frame.result(0), offsets: frame.resultIndices(1))
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [
      cotangents[0].map {
        Scattering(count: images * geometry.outputSize, shape: call.inputs[0].shape)($0, call.results[1])
      }
    ]
  }
}

/// Numbers added at given places of an array of zeros.
struct Scattering<Scalar: TensorScalar>: Operation {
  let count: Int
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func canAccumulate(_ result: Int) -> Bool { true }

  func run(_ frame: Frame<Scalar>) {
    let out = frame.result(0)
    if !frame.accumulates(0) { Scalar.fill(out, with: 0, count: shape.count) }
    Scalar.scatter(frame.input(0), offsets: frame.indices(1), addingTo: out, count: count)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { Gathering(shape: call.inputs[0].shape)($0, call.inputs[1]) }, nil]
  }
}

/// The numbers at given places.
struct Gathering<Scalar: TensorScalar>: Operation {
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    Scalar.gather(frame.input(0), offsets: frame.indices(1), into: frame.result(0), count: shape.count)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { Scattering(count: shape.count, shape: call.inputs[0].shape)($0, call.inputs[1]) }, nil]
  }
}

/// The means of windows, or the adjoint of that.
struct AveragePooling<Scalar: TensorScalar>: Operation {
  let geometry: PoolingGeometry
  let images: Int
  let isAdjoint: Bool

  var shapes: [Shape] {
    isAdjoint
      ? [[images, geometry.height, geometry.width, geometry.channels]]
      : [[images, geometry.outputHeight, geometry.outputWidth, geometry.channels]]
  }
  func canAccumulate(_ result: Int) -> Bool { isAdjoint }

  func run(_ frame: Frame<Scalar>) {
    if isAdjoint {
      if !frame.accumulates(0) { Scalar.fill(frame.result(0), with: 0, count: images * geometry.inputSize) }
      Scalar.averagePoolAdjoint(frame.input(0), images: images, geometry, addingTo: frame.result(0))
    } else {
      Scalar.averagePool(frame.input(0), images: images, geometry, into: frame.result(0))
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [
      cotangents[0].map {
        AveragePooling(geometry: geometry, images: images, isAdjoint: !isAdjoint)($0).reshaped(call.inputs[0].shape)
      }
    ]
  }
}

extension Variable {
  private func images(_ geometry: PoolingGeometry) -> Int {
    precondition(shape.count % geometry.inputSize == 0, "\(shape) is not made of images for \(geometry)")
    return shape.count / geometry.inputSize
  }

  /// The maximum of every window of every image.
  public func maxPooled(_ geometry: PoolingGeometry) -> Variable {
    MaxPooling(geometry: geometry, images: images(geometry))(self)
  }

  /// The mean of every window of every image.
  public func averagePooled(_ geometry: PoolingGeometry) -> Variable {
    AveragePooling(geometry: geometry, images: images(geometry), isAdjoint: false)(self)
  }
}
