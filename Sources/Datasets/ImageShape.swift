/// What a row of inputs is when it is an image: height x width x channels, with the channels of one place together.
public struct ImageShape: Hashable, Sendable, CustomStringConvertible {
  public let height: Int
  public let width: Int
  public let channels: Int

  public init(height: Int, width: Int, channels: Int) {
    precondition(
      height >= 1 && width >= 1 && channels >= 1, "an image of \(height) x \(width) x \(channels) numbers cannot be")
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The images of an array with the given extents, examples first: N x height x width, or N x height x width x channels.
  /// nil for arrays of another rank.
  init?(array extents: [Int]) {
    guard extents.count == 3 || extents.count == 4, extents.allSatisfy({ $0 >= 1 }) else { return nil }
    self.init(height: extents[1], width: extents[2], channels: extents.count == 4 ? extents[3] : 1)
  }

  /// Numbers of an image: the columns of the inputs.
  public var count: Int { height * width * channels }

  public var description: String { "\(height) x \(width) x \(channels)" }
}
