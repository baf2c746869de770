public import Tensors

/// The order in which examples are used: a new permutation every epoch, from the key and the epoch's number alone.
public struct Minibatches: Sendable {
  public let count: Int
  public let batchSize: Int
  private let key: RandomKey
  private var epoch = -1
  private var order: [Int]

  /// - Parameters:
  ///   - count: Number of examples.
  ///   - batchSize: More than `count` is the same as `count`.
  public init(count: Int, batchSize: Int, key: RandomKey) {
    precondition(count >= 1 && batchSize >= 1, "minibatches of \(batchSize) cannot be made of \(count) examples")
    self.count = count
    self.batchSize = min(batchSize, count)
    self.key = key
    order = Array(0..<count)
  }

  /// The last minibatch of an epoch is smaller where the size does not divide the number of examples.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(count: count, batchSize: batchSize) }

  /// Minibatches that an epoch of `count` examples has.
  public static func stepsPerEpoch(count: Int, batchSize: Int) -> Int { (count + batchSize - 1) / batchSize }

  /// The row numbers of a step's minibatch.
  public mutating func rows(step: Int) -> ArraySlice<Int> {
    let wanted = step / stepsPerEpoch
    if wanted != epoch {
      epoch = wanted
      for i in order.indices { order[i] = i }
      key.folded(epoch).shuffle(&order)
    }
    let start = (step % stepsPerEpoch) * batchSize
    return order[start..<min(start + batchSize, count)]
  }
}
