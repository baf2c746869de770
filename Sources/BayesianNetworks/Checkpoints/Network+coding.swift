extension Activation: Codable {}

/// `{"kind": "features", "count": 8}` or `{"kind": "image", "height": 28, "width": 28, "channels": 1}`.
extension InputShape: Codable {
  private enum Kind: String, Codable { case features, image }
  private enum CodingKeys: String, CodingKey { case kind, count, height, width, channels }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch try values.decode(Kind.self, forKey: .kind) {
    case .features: self = .features(try values.decode(Int.self, forKey: .count))
    case .image:
      self = .image(
        height: try values.decode(Int.self, forKey: .height), width: try values.decode(Int.self, forKey: .width),
        channels: try values.decode(Int.self, forKey: .channels))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .features(let count):
      try values.encode(Kind.features, forKey: .kind)
      try values.encode(count, forKey: .count)
    case .image(let height, let width, let channels):
      try values.encode(Kind.image, forKey: .kind)
      try values.encode(height, forKey: .height)
      try values.encode(width, forKey: .width)
      try values.encode(channels, forKey: .channels)
    }
  }
}

/// For example `{"kind": "dense", "units": 50}` or `{"kind": "activation", "function": "relu"}`.
extension Layer: Codable {
  private enum Kind: String, Codable {
    case dense, convolution, activation, dropout
    case maxPooling = "max-pooling"
    case averagePooling = "average-pooling"
  }

  private enum CodingKeys: String, CodingKey {
    case kind, units, channels, kernel, stride, padding, window, function, rate
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch try values.decode(Kind.self, forKey: .kind) {
    case .dense: self = .dense(units: try values.decode(Int.self, forKey: .units))
    case .convolution:
      self = .convolution(
        channels: try values.decode(Int.self, forKey: .channels), kernel: try values.decode(Int.self, forKey: .kernel),
        stride: try values.decode(Int.self, forKey: .stride), padding: try values.decode(Int.self, forKey: .padding))
    case .maxPooling:
      self = .maxPooling(
        window: try values.decode(Int.self, forKey: .window),
        stride: try values.decodeIfPresent(Int.self, forKey: .stride))
    case .averagePooling:
      self = .averagePooling(
        window: try values.decode(Int.self, forKey: .window),
        stride: try values.decodeIfPresent(Int.self, forKey: .stride))
    case .activation: self = .activation(try values.decode(Activation.self, forKey: .function))
    case .dropout: self = .dropout(rate: try values.decode(Double.self, forKey: .rate))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .dense(let units):
      try values.encode(Kind.dense, forKey: .kind)
      try values.encode(units, forKey: .units)
    case .convolution(let channels, let kernel, let stride, let padding):
      try values.encode(Kind.convolution, forKey: .kind)
      try values.encode(channels, forKey: .channels)
      try values.encode(kernel, forKey: .kernel)
      try values.encode(stride, forKey: .stride)
      try values.encode(padding, forKey: .padding)
    case .maxPooling(let window, let stride):
      try values.encode(Kind.maxPooling, forKey: .kind)
      try values.encode(window, forKey: .window)
      try values.encodeIfPresent(stride, forKey: .stride)
    case .averagePooling(let window, let stride):
      try values.encode(Kind.averagePooling, forKey: .kind)
      try values.encode(window, forKey: .window)
      try values.encodeIfPresent(stride, forKey: .stride)
    case .activation(let function):
      try values.encode(Kind.activation, forKey: .kind)
      try values.encode(function, forKey: .function)
    case .dropout(let rate):
      try values.encode(Kind.dropout, forKey: .kind)
      try values.encode(rate, forKey: .rate)
    }
  }
}

/// `{"input": ..., "layers": [...]}`; decoding checks that the layers fit together.
extension Network: Codable {
  private enum CodingKeys: String, CodingKey { case input, layers }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let input = try values.decode(InputShape.self, forKey: .input)
    let layers = try values.decode([Layer].self, forKey: .layers)
    if let reason = NetworkSize.obstacle(input: input, layers: layers) {
      throw DecodingError.dataCorruptedError(forKey: .layers, in: values, debugDescription: reason)
    }
    do {
      try self.init(input: input, layers: layers)
    } catch {
      throw DecodingError.dataCorruptedError(forKey: .layers, in: values, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(input, forKey: .input)
    try values.encode(layers, forKey: .layers)
  }
}
