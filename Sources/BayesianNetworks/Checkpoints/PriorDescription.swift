import Probability

/// A prior as a file describes it: `{"kind": "gaussian", "mean": 0.0, "scale": 1.0}`.
public enum PriorDescription: Hashable, Sendable {
  case gaussian(mean: Double, scale: Double)
  case laplace(scale: Double)
  case scaleMixture(weight: Double, wide: Double, narrow: Double)

  /// nil for a prior that has no description.
  public init?(_ prior: any Prior) {
    switch prior {
    case let prior as GaussianPrior: self = .gaussian(mean: prior.mean, scale: prior.scale)
    case let prior as LaplacePrior: self = .laplace(scale: prior.scale)
    case let prior as ScaleMixturePrior:
      self = .scaleMixture(weight: prior.mixture.weight, wide: prior.mixture.wide, narrow: prior.mixture.narrow)
    default: return nil
    }
  }

  public var prior: any Prior {
    switch self {
    case .gaussian(let mean, let scale): GaussianPrior(mean: mean, scale: scale)
    case .laplace(let scale): LaplacePrior(scale: scale)
    case .scaleMixture(let weight, let wide, let narrow):
      ScaleMixturePrior(weight: weight, wide: wide, narrow: narrow)
    }
  }
}

extension PriorDescription: Codable {
  private enum Kind: String, Codable {
    case gaussian, laplace
    case scaleMixture = "scale-mixture"
  }

  private enum CodingKeys: String, CodingKey { case kind, mean, scale, weight, wide, narrow }

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
