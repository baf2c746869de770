import Probability

/// A prior as a file describes it: `{"kind": "gaussian", "mean": 0.0, "scale": 1.0}`, or with the scales of groups of
/// weights, `{"kind": "grouped-gaussian", "counts": [9, 4], "scales": [1.0, 0.3]}`.
public enum PriorDescription: Hashable, Sendable {
  case gaussian(mean: Double, scale: Double)
  case groupedGaussian([GroupedGaussianPrior.Group])
  case laplace(scale: Double)
  case scaleMixture(weight: Double, wide: Double, narrow: Double)

  /// nil for a prior that has no description.
  public init?(_ prior: any Prior) {
    switch prior {
    case let prior as GaussianPrior: self = .gaussian(mean: prior.mean, scale: prior.scale)
    case let prior as GroupedGaussianPrior: self = .groupedGaussian(prior.groups)
    case let prior as LaplacePrior: self = .laplace(scale: prior.scale)
    case let prior as ScaleMixturePrior:
      self = .scaleMixture(weight: prior.mixture.weight, wide: prior.mixture.wide, narrow: prior.mixture.narrow)
    default: return nil
    }
  }

  public var prior: any Prior {
    switch self {
    case .gaussian(let mean, let scale): GaussianPrior(mean: mean, scale: scale)
    case .groupedGaussian(let groups): GroupedGaussianPrior(groups)
    case .laplace(let scale): LaplacePrior(scale: scale)
    case .scaleMixture(let weight, let wide, let narrow):
      ScaleMixturePrior(weight: weight, wide: wide, narrow: narrow)
    }
  }
}

extension PriorDescription: Codable {
  private enum Kind: String, Codable {
    case gaussian, laplace
    case groupedGaussian = "grouped-gaussian"
    case scaleMixture = "scale-mixture"
  }

  private enum CodingKeys: String, CodingKey { case kind, mean, scale, counts, scales, weight, wide, narrow }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func positive(_ key: CodingKeys) throws -> Double {
      let value = try values.decode(Double.self, forKey: key)
      guard value.isFinite, value > 0 else {
        throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "it is \(value)")
      }
      return value
    }
    switch try values.decode(Kind.self, forKey: .kind) {
    case .gaussian: self = .gaussian(mean: try values.decode(Double.self, forKey: .mean), scale: try positive(.scale))
    case .groupedGaussian:
      let (counts, scales) = (
        try values.decode([Int].self, forKey: .counts), try values.decode([Double].self, forKey: .scales)
      )
      guard !counts.isEmpty, counts.count == scales.count, counts.allSatisfy({ (1..<1 << 32).contains($0) }),
        scales.allSatisfy({ $0.isFinite && $0 > 0 })
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .scales, in: values,
          debugDescription: "\(scales.count) scales of \(counts.count) groups, not all above 0")
      }
      self = .groupedGaussian(zip(counts, scales).map { .init(count: $0, scale: $1) })
    case .laplace: self = .laplace(scale: try positive(.scale))
    case .scaleMixture:
      let weight = try values.decode(Double.self, forKey: .weight)
      guard weight >= 0, weight <= 1 else {
        throw DecodingError.dataCorruptedError(forKey: .weight, in: values, debugDescription: "it is \(weight)")
      }
      self = .scaleMixture(weight: weight, wide: try positive(.wide), narrow: try positive(.narrow))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .gaussian(let mean, let scale):
      try values.encode(Kind.gaussian, forKey: .kind)
      try values.encode(mean, forKey: .mean)
      try values.encode(scale, forKey: .scale)
    case .groupedGaussian(let groups):
      try values.encode(Kind.groupedGaussian, forKey: .kind)
      try values.encode(groups.map(\.count), forKey: .counts)
      try values.encode(groups.map(\.scale), forKey: .scales)
    case .laplace(let scale):
      try values.encode(Kind.laplace, forKey: .kind)
      try values.encode(scale, forKey: .scale)
    case .scaleMixture(let weight, let wide, let narrow):
      try values.encode(Kind.scaleMixture, forKey: .kind)
      try values.encode(weight, forKey: .weight)
      try values.encode(wide, forKey: .wide)
      try values.encode(narrow, forKey: .narrow)
    }
  }
}
