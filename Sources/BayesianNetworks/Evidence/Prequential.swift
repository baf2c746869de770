public import Probability
public import Tensors

/// The log evidence of any model as a sum of predictions: log p(D) = sum_b log p(D_b | D_1, ..., D_b-1) (Dawid 1984).
///
/// The first block is predicted from the prior; a model that cannot be "trained" on no rows leaves it out, and the sum
/// is then the evidence conditioned on the first block.
public struct Prequential: Hashable, Sendable {
  /// The rows of each block, in the order in which they are seen.
  public let blocks: [[Int]]
  /// Whether the first block is only conditioned on.
  public let skipsFirst: Bool

  /// - Parameter blocks: No row twice, and no empty block.
  public init(blocks: [[Int]], skipsFirst: Bool = false) {
    let rows = blocks.flatMap(\.self)
    precondition(
      !blocks.contains(where: \.isEmpty) && Set(rows).count == rows.count, "a block is empty, or a row is in two")
    precondition(blocks.count > (skipsFirst ? 1 : 0), "there is no block to predict")
    self.blocks = blocks
    self.skipsFirst = skipsFirst
  }

  /// Blocks of equal size, or of two sizes that differ by one.
  ///
  /// - Parameter key: Shuffles the rows; without it they are seen in their own order.
  public init(count: Int, blocks: Int, skipsFirst: Bool = false, key: RandomKey? = nil) {
    precondition(blocks >= 1 && blocks <= count, "\(count) rows cannot be \(blocks) blocks")
    let order = key?.permutation(count) ?? Array(0..<count)
    self.init(
      blocks: (0..<blocks).map { Array(order[($0 * count / blocks)..<(($0 + 1) * count / blocks)]) },
      skipsFirst: skipsFirst)
  }

  /// - Parameter predict: Trains on the first rows and gives the log likelihoods of the second rows under samples of
  /// that
  ///   posterior. A block's density is joint, log((1/S) sum_s prod_i p(y_i | w_s)): see
  ///   `PointwiseLogLikelihood.conditionalLogMarginalLikelihood`.
  public func score(
    _ predict: (_ training: [Int], _ block: [Int]) throws -> PointwiseLogLikelihood
  ) rethrows -> Score {
    try run { training, block in
      let likelihood = try predict(training, block)
      precondition(
        likelihood.points == block.count, "log likelihoods of \(likelihood.points) rows for a block of \(block.count)")
      let weights = likelihood.jointWeights
      return (weights.logMean, weights.effectiveSampleSize)
    }
  }

  /// For models that know the joint density of a block exactly.
  ///
  /// - Parameter predict: Gives log p(second rows | first rows).
  public func score(
    _ predict: (_ training: [Int], _ block: [Int]) throws -> Double
  ) rethrows -> Score {
    try run { (Estimate(try predict($0, $1), standardError: 0), nil) }
  }

  private func run(_ predict: ([Int], [Int]) throws -> (Estimate, Double?)) rethrows -> Score {
    var training: [Int] = []
    var (terms, sizes) = ([Estimate](), [Double]())
    for (index, block) in blocks.enumerated() {
      if index > 0 || !skipsFirst {
        let (term, size) = try predict(training, block)
        terms.append(term)
        if let size { sizes.append(size) }
      }
      training += block
    }
    return Score(blocks: terms, effectiveSampleSizes: sizes)
  }

  public struct Score: Hashable, Sendable {
    /// log p(D_b | D_<b) of the blocks that were predicted, with the standard error over the posterior samples.
    public let blocks: [Estimate]
    /// The effective number of posterior samples in each block's estimate; empty where the densities are exact. Below
    /// about ten, smaller blocks are needed.
    public let effectiveSampleSizes: [Double]

    /// The sum over the blocks, whose samples are independent of each other.
    public var logEvidence: Estimate { .total(blocks) }
  }
}
