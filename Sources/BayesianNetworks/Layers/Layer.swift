/// One layer of a network.
public enum Layer: Hashable, Sendable {
  /// x W + b with this many outputs. Images are read as one row of numbers.
  case dense(units: Int)
  /// A square kernel over images with zero padding.
  case convolution(channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0)
  case maxPooling(window: Int, stride: Int? = nil)
  case averagePooling(window: Int, stride: Int? = nil)
  case activation(Activation)
  /// Sets numbers to 0 with the given probability and divides the others by 1 - rate (Srivastava et al. 2014).
  case dropout(rate: Double)
}

/// What an example is.
public enum InputShape: Hashable, Sendable {
  case features(Int)
  /// height x width x channels, the channels of one place together.
  case image(height: Int, width: Int, channels: Int)

  public var count: Int {
    switch self {
    case .features(let count): count
    case .image(let height, let width, let channels): height * width * channels
    }
  }
}
