public import Tensors

/// Random numbers of the run's key and a path of labels: the same wherever they are drawn again.
public struct NoiseSource: Hashable, Sendable {
  public enum Distribution: Hashable, Sendable {
    case normal
    /// +1 or -1.
    case sign
    /// 1 / (1 - rate) with probability 1 - rate, and 0 otherwise.
    case dropout(rate: Double)
  }

  public var distribution: Distribution
  public var labels: [Int]

  public init(_ distribution: Distribution, labels: [Int]) {
    if case .dropout(let rate) = distribution {
      precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), got \(rate)")
    }
    self.distribution = distribution
    self.labels = labels
  }

  public func key(_ run: RandomKey) -> RandomKey {
    var key = run
    for label in labels { key = key.folded(label) }
    return key
  }

  /// Numbers `offset` ..< `offset + count` of the source.
  public func fill<Scalar: TensorScalar>(
    _ out: UnsafeMutablePointer<Scalar>, key: RandomKey, offset: Int = 0, count: Int
  ) {
    switch distribution {
    case .normal: Scalar.fillNormal(key, offset: offset, into: out, count: count)
    case .sign: Scalar.fillRademacher(key, offset: offset, into: out, count: count)
    case .dropout(let rate):
      Scalar.fillUniform(key, offset: offset, into: out, count: count)
      Scalar.threshold(out, below: Scalar(rate), above: Scalar(1 / (1 - rate)), count: count)
    }
  }
}

/// Random numbers as a variable.
struct Noise<Scalar: TensorScalar>: Operation {
  let source: NoiseSource
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func run(_ frame: Frame<Scalar>) { source.fill(frame.result(0), key: source.key(frame.key), count: shape.count) }
  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [] }
}

/// x times random numbers, which are drawn block by block and never stored. Its derivative is itself.
struct NoiseProduct<Scalar: TensorScalar>: Operation {
  let source: NoiseSource
  let shape: Shape

  var shapes: [Shape] { [shape] }
  func overwritable(_ result: Int) -> Int? { 0 }

  func run(_ frame: Frame<Scalar>) {
    let key = source.key(frame.key)
    let (x, y) = (frame.input(0), frame.result(0))
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 1024) { block in
      let noise = block.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: shape.count, by: 1024) {
        let n = min(1024, shape.count - start)
        source.fill(noise, key: key, offset: start, count: n)
        Scalar.arithmetic(.multiply, x + start, false, noise, false, into: y + start, count: n)
      }
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { NoiseProduct(source: source, shape: shape)($0) }]
  }
}

/// x, images x places x channels, with the channels of each image multiplied by signs that are the same at all places.
/// Its derivative is itself.
struct SignProduct<Scalar: TensorScalar>: Operation {
  let source: NoiseSource
  let images: Int
  let places: Int
  let channels: Int
  let shape: Shape

  var shapes: [Shape] { [shape, [channels]] }
  func overwritable(_ result: Int) -> Int? { result == 0 ? 0 : nil }
  func isScratch(_ result: Int) -> Bool { result == 1 }

  func run(_ frame: Frame<Scalar>) {
    let key = source.key(frame.key)
    let (x, y, signs) = (frame.input(0), frame.result(0), frame.result(1))
    for image in 0..<images {
      source.fill(signs, key: key, offset: image * channels, count: channels)
      for place in 0..<places {
        let start = (image * places + place) * channels
        Scalar.arithmetic(.multiply, x + start, false, UnsafePointer(signs), false, into: y + start, count: channels)
      }
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [
      cotangents[0].map {
        SignProduct(source: source, images: images, places: places, channels: channels, shape: shape)($0)
      }
    ]
  }
}

extension Variable {
  /// Images x places x channels with random signs, one for each channel of each image, as Flipout needs them (Wen et al.
  /// 2018, section 3.2). The backward pass draws them again.
  public func withRandomSigns(images: Int, places: Int, channels: Int, labels: [Int]) -> Variable {
    precondition(images * places * channels == shape.count, "\(shape) is not \(images) x \(places) x \(channels)")
    return SignProduct(
      source: NoiseSource(.sign, labels: labels), images: images, places: places, channels: channels, shape: shape)(self)
  }

  public static func noise(_ source: NoiseSource, shape: Shape) -> Variable { Noise(source: source, shape: shape)() }

  /// The product with random numbers that the backward pass draws again.
  public func multiplied(by source: NoiseSource) -> Variable { NoiseProduct(source: source, shape: shape)(self) }
}

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func threshold(_ y: UnsafeMutablePointer<Self>, below rate: Self, above value: Self, count: Int) {
    for i in 0..<count { y[i] = y[i] < rate ? 0 : value }
  }
}
