/// `{"kind": "gaussian", "scale": 0.1, "learned": false}` or `{"kind": "categorical"}`. A learned scale is the one that
/// the training started from; the one it came to is the tensor `likelihood.log_noise`.
extension Likelihood: Codable {
  private enum Kind: String, Codable { case gaussian, categorical }
  private enum CodingKeys: String, CodingKey { case kind, scale, learned }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch try values.decode(Kind.self, forKey: .kind) {
    case .categorical: self = .categorical
    case .gaussian:
      let scale = try values.decode(Double.self, forKey: .scale)
      guard scale.isFinite, scale > 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: .scale, in: values, debugDescription: "the scale of the noise is \(scale)")
      }
      self = .gaussian(scale: scale, learned: try values.decode(Bool.self, forKey: .learned))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .categorical: try values.encode(Kind.categorical, forKey: .kind)
    case .gaussian(let scale, let learned):
      try values.encode(Kind.gaussian, forKey: .kind)
      try values.encode(scale, forKey: .scale)
      try values.encode(learned, forKey: .learned)
    }
  }
}
