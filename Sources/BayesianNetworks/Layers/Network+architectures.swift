extension Network {
  /// LeNet-5 as it is commonly used (LeCun et al. 1998, with max pooling and a given activation): 6 and 16 channels of
  /// 5 x 5 with 2 x 2 pooling, then 120 and 84 units. The first convolution is padded to keep 28 x 28 where the images are
  /// that small.
  ///
  /// - Parameter width: A factor for channels and units.
  /// - Throws: `NetworkError` when the images are too small.
  public static func leNet5(
    input: InputShape, outputs: Int, width: Double = 1, activation: Activation = .relu, dropout: Double = 0
  ) throws(NetworkError) -> Network {
    var padding = 0
    if case .image(let height, _, _) = input, height < 32 { padding = 2 }
    let between: [Layer] = [.activation(activation)] + (dropout > 0 ? [.dropout(rate: dropout)] : [])
    let layers: [Layer] =
      [
        .convolution(channels: scaled(6, width), kernel: 5, padding: padding), .activation(activation),
        .maxPooling(window: 2),
        .convolution(channels: scaled(16, width), kernel: 5), .activation(activation), .maxPooling(window: 2),
        .dense(units: scaled(120, width)),
      ] + between + [.dense(units: scaled(84, width))] + between + [.dense(units: outputs)]
    return try Network(input: input, layers: layers)
  }

  /// VGG-11 (Simonyan and Zisserman 2015, configuration A) for small images: eight convolutions of 3 x 3 in five groups
  /// with 2 x 2 pooling after each as long as the images can be halved, and one dense layer of 512 units.
  ///
  /// - Parameter width: A factor for channels and units.
  /// - Throws: `NetworkError` when the inputs are no images.
  public static func vgg(
    input: InputShape, outputs: Int, width: Double = 1, activation: Activation = .relu, dropout: Double = 0
  ) throws(NetworkError) -> Network {
    guard case .image(var height, var across, _) = input else {
      throw NetworkError("vgg needs images, and there are \(input.count) features")
    }
    var layers: [Layer] = []
    for group in [[64], [128], [256, 256], [512, 512], [512, 512]] {
      for channels in group {
        layers += [.convolution(channels: scaled(channels, width), kernel: 3, padding: 1), .activation(activation)]
      }
      if min(height, across) >= 2 {
        layers.append(.maxPooling(window: 2))
        (height, across) = (height / 2, across / 2)
      }
    }
    layers += [.dense(units: scaled(512, width)), .activation(activation)]
    if dropout > 0 { layers.append(.dropout(rate: dropout)) }
    return try Network(input: input, layers: layers + [.dense(units: outputs)])
  }

  private static func scaled(_ channels: Int, _ width: Double) -> Int {
    max(1, Int((Double(channels) * width).rounded()))
  }
}
