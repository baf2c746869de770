/// The shapes of pooling over square windows of images of height x width x channels, channel by channel. Windows lie
/// fully inside; what is left at the right and at the bottom is not looked at.
public struct PoolingGeometry: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public let window: Int
  public let stride: Int

  /// - Parameter stride: From one window to the next; as much as the window where it is nil.
  public init(height: Int, width: Int, channels: Int, window: Int, stride: Int? = nil) {
    let stride = stride ?? window
    precondition(
      height >= 1 && width >= 1 && channels >= 1, "there are no images of \(height) x \(width) x \(channels)")
    precondition(
      window >= 1 && window <= height && window <= width,
      "a pooling window of \(window) x \(window) does not fit into \(height) x \(width) images")
    precondition(stride >= 1, "a pooling's stride must be at least 1, got \(stride)")
    self.height = height
    self.width = width
    self.channels = channels
    self.window = window
    self.stride = stride
  }

  public var outputHeight: Int { (height - window) / stride + 1 }
  public var outputWidth: Int { (width - window) / stride + 1 }
  /// Numbers of one image.
  public var inputSize: Int { height * width * channels }
  /// Numbers of one image after pooling.
  public var outputSize: Int { outputHeight * outputWidth * channels }
}
