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
    Scalar.multiply(x, count: shape.count, into: y) { source.fill($0, key: key, offset: $1, count: $2) }
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

  /// The product, and room for the signs where each is used at several places.
  var shapes: [Shape] { [shape, [places == 1 ? 0 : images * channels]] }
  func overwritable(_ result: Int) -> Int? { result == 0 && places == 1 ? 0 : nil }
  func isScratch(_ result: Int) -> Bool { result == 1 && places > 1 }

  func run(_ frame: Frame<Scalar>) {
    let key = source.key(frame.key)
    let (x, y) = (frame.input(0), frame.result(0))
    guard places > 1 else {
      return Scalar.multiply(x, count: shape.count, into: y) { source.fill($0, key: key, offset: $1, count: $2) }
    }
    let signs = frame.result(1)
    source.fill(signs, key: key, count: images * channels)
    for image in 0..<images {
      let start = image * places * channels
      Scalar.multiplyRows(
        x + start, by: signs + image * channels, into: y + start, rows: places, columns: channels)
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
      source: NoiseSource(.sign, labels: labels), images: images, places: places, channels: channels, shape: shape)(
        self)
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

  /// y = x times numbers that `fill(memory, offset, count)` writes block by block.
  @inline(__always)
  static func multiply(
    _ x: UnsafePointer<Self>, count: Int, into y: UnsafeMutablePointer<Self>,
    by fill: (UnsafeMutablePointer<Self>, Int, Int) -> Void
  ) {
    // Whole groups of random signs.
    let block = 2048
    withUnsafeTemporaryAllocation(of: Self.self, capacity: block) { memory in
      let factors = memory.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        fill(factors, start, n)
        arithmetic(.multiply, x + start, false, factors, false, into: y + start, count: n)
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func multiplyRows(
    _ x: UnsafePointer<Self>, by factors: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row * columns, y + row * columns)
      for i in 0..<columns { y[i] = x[i] * factors[i] }
    }
  }
}
