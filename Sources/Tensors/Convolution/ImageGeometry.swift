/// The shape of an image: height x width x channels, the channels of one place together.
public struct ImageGeometry: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    precondition(
      height >= 1 && width >= 1 && channels >= 1, "there are no images of \(height) x \(width) x \(channels)")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Numbers of one image.
  public var count: Int { height * width * channels }
}
