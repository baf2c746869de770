import Foundation
public import Probability
public import Tensors

/// How the weights of a network are distributed: their posterior means, and samples of them, in all and layer by layer
/// (Blundell et al. 2015, figure 3). All series have the same bins, so that they can be laid over one another.
public struct WeightHistogram: Hashable, Codable, Sendable {
  /// What the bins divide evenly.
  public enum Axis: String, Hashable, Codable, Sendable, CaseIterable {
    case value
    /// log10 |w|: for weights of very different sizes, as a prior with a spike at 0 gives them.
    case logMagnitude = "log-magnitude"

    func place(_ value: Double) -> Double {
      switch self {
      case .value: value
      case .logMagnitude: log10(value.magnitude)
      }
    }
  }

  public struct Quantile: Hashable, Codable, Sendable {
    public var fraction: Double
    /// The smallest weight that so large a part of all is at or below: to 1 part in 1000, the extremes exactly.
    public var value: Double
  }

  /// The weights and biases of the network or of a layer.
  public struct Series: Hashable, Codable, Sendable {
    /// `all`, or the layer: `layers.0`
    public var name: String
    /// Numbers that were counted: the sum of `counts`, `below`, `above` and `undefined`.
    public var total: Int
    /// One for each bin.
    public var counts: [Int]
    /// Numbers below the first bin; on a logarithmic axis zeros are among them.
    public var below: Int
    public var above: Int
    /// Numbers that are NaN.
    public var undefined: Int
    /// Of the weights themselves, whatever the axis.
    public var quantiles: [Quantile]
  }

  public let axis: Axis
  /// One more than bins. The lower edge belongs to a bin; the last has both.
  public let edges: [Double]
  /// The posterior means: the network, and then its layers.
  public let means: [Series]
  /// The posterior samples of all weights: the network, and then its layers.
  public let samples: [Series]

  /// The extremes, 1 %, 5 %, the quartiles, 95 % and 99 %.
  public static let usualQuantiles = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]

  /// - Parameters:
  ///   - mean: The posterior's mean point parameters. Numbers after the weights are not looked at.
  ///   - samples: Posterior samples; where there are fewer different ones, all of them.
  ///   - range: What the bins divide, on the axis: that of the means and of the first sample where it is not given.
  public init<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, mean: Vector<Scalar>, network: Network, samples: Int, key: RandomKey,
    bins: Int = 100, axis: Axis = .value, range: ClosedRange<Double>? = nil, quantiles: [Double] = usualQuantiles
  ) {
    precondition(bins >= 1 && samples >= 1, "a histogram needs a bin and a sample, got \(bins) and \(samples)")
    let count = network.parameterCount
    precondition(
      mean.count >= count && posterior.count >= count,
      "\(mean.count) means and a posterior over \(posterior.count) numbers are too few for \(count) weights")
    let means = mean[0..<count].doubles
    var sample = Vector<Scalar>(count: posterior.count)
    func draw(_ index: Int) -> [Double] {
      posterior.sample(index, key: key, into: sample.unsafeMutablePointer())
      return Array(sample.doubles.prefix(count))
    }
    let range = Self.proper(range ?? Self.range(of: [means, draw(0)], axis))
    let parts = [("all", 0..<count)] + network.affineLayers.map { ($0.name, $0.range) }
    func counted(_ blocks: some Sequence<[Double]>) -> [Series] {
      var counters = parts.map { _ in HistogramCounter(axis: axis, range: range, bins: bins) }
      for block in blocks {
        for (index, part) in parts.enumerated() { counters[index].add(block[part.1]) }
      }
      return zip(parts, counters).map { $1.series($0.0, quantiles: quantiles) }
    }
    self.axis = axis
    edges = (0...bins).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(bins) }
    self.means = counted(CollectionOfOne(means))
    let drawn = min(samples, posterior.distinctSamples ?? samples)
    self.samples = counted((0..<drawn).lazy.map { draw($0) })
  }

  /// The part of a series' numbers in each bin, divided by the bin's width: comparable between series of different sizes.
  public func density(_ series: Series) -> [Double] {
    series.counts.enumerated().map { bin, count in
      Double(count) / (Double(max(1, series.total)) * (edges[bin + 1] - edges[bin]))
    }
  }

  /// The logarithm to base 10 of the density; nil where a bin is empty.
  public func logDensity(_ series: Series) -> [Double?] { density(series).map { $0 > 0 ? log10($0) : nil } }

  private static func range(of series: [[Double]], _ axis: Axis) -> ClosedRange<Double> {
    var (low, high) = (Double.infinity, -Double.infinity)
    for values in series {
      for value in values {
        let place = axis.place(value)
        guard place.isFinite else { continue }
        low = min(low, place)
        high = max(high, place)
      }
    }
    return low <= high ? low...high : 0...0
  }

  /// A range that is more than a point.
  private static func proper(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    range.lowerBound < range.upperBound ? range : (range.lowerBound - 0.5)...(range.upperBound + 0.5)
  }
}
