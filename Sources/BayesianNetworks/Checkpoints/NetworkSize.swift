/// Whether a network that a file describes can have a size at all: integers would overflow in one that is damaged.
/// Computed in floating point, which does not.
enum NetworkSize {
  private static let largest = 1e12

  /// What is wrong with the numbers; nil when they are within bounds. Whether layers fit is not looked at.
  static func obstacle(input: InputShape, layers: [Layer]) -> String? {
    // A feature is an image of one place.
    var (height, width, channels): (Double, Double, Double) =
      switch input {
      case .features(let count): (1, 1, Double(count))
      case .image(let height, let width, let channels): (Double(height), Double(width), Double(channels))
      }
    guard min(height, width, channels) >= 1 else { return "the input has no numbers" }
    var parameters = 0.0
    for (index, layer) in layers.enumerated() {
      guard [height, width, channels, height * width * channels, parameters].allSatisfy({ $0 < largest }) else {
        return "layer \(index) is too large to be"
      }
      switch layer {
      case .dense(let units):
        parameters += (height * width * channels + 1) * Double(units)
        (height, width, channels) = (1, 1, Double(units))
      case .convolution(let outputs, let kernel, let stride, let padding):
        guard stride >= 1, kernel >= 1, padding >= 0 else { return "layer \(index) cannot be" }
        let (kernel, stride, margin) = (Double(kernel), Double(stride), 2 * Double(padding))
        guard max(kernel, stride, margin) < 1e6 else { return "layer \(index) is too large to be" }
        parameters += (kernel * kernel * channels + 1) * Double(outputs)
        height = (height + margin - kernel) / stride + 1
        width = (width + margin - kernel) / stride + 1
        channels = Double(outputs)
      case .maxPooling(let window, let stride), .averagePooling(let window, let stride):
        guard window >= 1, stride ?? 1 >= 1 else { return "layer \(index) cannot be" }
        height = (height - Double(window)) / Double(stride ?? window) + 1
        width = (width - Double(window)) / Double(stride ?? window) + 1
      case .activation, .dropout: break
      }
    }
    let isBounded = max(parameters, height * width * channels) < largest
    return isBounded ? nil : "the network is too large to be"
  }
}
