/// The shapes of a convolution over images of height x width x channels with zero padding on all four sides.
public struct ConvolutionGeometry: Hashable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let stride: Int
  public let padding: Int

  public init(
    height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, stride: Int = 1, padding: Int = 0
  ) {
    precondition(
      height >= 1 && width >= 1 && channels >= 1, "there are no images of \(height) x \(width) x \(channels)")
    precondition(
      kernelHeight >= 1 && kernelWidth >= 1, "a convolution's kernel cannot be \(kernelHeight) x \(kernelWidth)")
    precondition(stride >= 1, "a convolution's stride must be at least 1, got \(stride)")
    precondition(padding >= 0, "a convolution's padding must not be negative, got \(padding)")
    precondition(
      kernelHeight <= height + 2 * padding && kernelWidth <= width + 2 * padding,
      "a \(kernelHeight) x \(kernelWidth) kernel does not fit into \(height) x \(width) images with padding \(padding)")
    self.height = height
    self.width = width
    self.channels = channels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.stride = stride
    self.padding = padding
  }

  public var outputHeight: Int { (paddedHeight - kernelHeight) / stride + 1 }
  public var outputWidth: Int { (paddedWidth - kernelWidth) / stride + 1 }
  /// Numbers of one image.
  public var inputSize: Int { height * width * channels }
  /// Places of the kernel in one image: rows that `unfold` makes of it.
  public var patches: Int { outputHeight * outputWidth }
  /// Numbers of one patch (kernelHeight x kernelWidth x channels): columns of `unfold`, fan-in of the convolution.
  public var patchSize: Int { kernelHeight * kernelWidth * channels }

  var paddedHeight: Int { height + 2 * padding }
  var paddedWidth: Int { width + 2 * padding }
}
