/// Which weights of a network are pruned.
public struct PruningMask: Hashable, Sendable {
  /// One for each weight, layer after layer.
  public let isPruned: [Bool]
  /// Pruned weights in all.
  public let count: Int
  /// Pruned weights of every layer.
  public let layers: [LayerShare]

  /// A layer's part of what is pruned.
  public struct LayerShare: Hashable, Codable, Sendable {
    /// `layers.0`
    public var name: String
    /// Weights and biases.
    public var weights: Int
    public var pruned: Int

    public var share: Double { Double(pruned) / Double(weights) }
  }

  /// - Parameter isPruned: One for each weight and bias of the network.
  public init(isPruned: [Bool], network: Network) {
    precondition(
      isPruned.count == network.parameterCount,
      "a mask of \(isPruned.count) does not fit a network of \(network.parameterCount) weights")
    self.isPruned = isPruned
    layers = network.affineLayers.map { layer in
      LayerShare(name: layer.name, weights: layer.parameterCount, pruned: isPruned[layer.range].count { $0 })
    }
    count = layers.reduce(0) { $0 + $1.pruned }
  }

  public var fraction: Double { Double(count) / Double(isPruned.count) }

  /// The pruned weights as ranges of numbers that follow one another.
  var ranges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    for (index, isPruned) in isPruned.enumerated() {
      if isPruned, start == nil { start = index }
      if !isPruned, let first = start {
        ranges.append(first..<index)
        start = nil
      }
    }
    if let first = start { ranges.append(first..<isPruned.count) }
    return ranges
  }
}
