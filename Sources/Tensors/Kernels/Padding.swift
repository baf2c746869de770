extension TensorScalar {
  /// Calls `body` with every image's number and its pixels with the padding around them: a copy in scratch memory where
  /// there is padding.
  @inline(__always)
  static func forEachPaddedImage(
    _ x: UnsafePointer<Self>, images: Int, _ g: ConvolutionGeometry, _ body: (Int, UnsafePointer<Self>) -> Void
  ) {
    guard g.padding > 0 else {
      for image in 0..<images { body(image, x + image * g.inputSize) }
      return
    }
    let line = g.width * g.channels
    withPaddedScratch(g) { scratch, inside in
      for image in 0..<images {
        for row in 0..<g.height {
          copy(
            x + image * g.inputSize + row * line, into: scratch + inside + row * g.paddedWidth * g.channels, count: line
          )
        }
        body(image, scratch)
      }
    }
  }

  /// Zeros for one padded image, and where its first pixel inside stands.
  @inline(__always)
  static func withPaddedScratch(_ g: ConvolutionGeometry, _ body: (UnsafeMutablePointer<Self>, Int) -> Void) {
    let size = g.paddedHeight * g.paddedWidth * g.channels
    withUnsafeTemporaryAllocation(byteCount: size * MemoryLayout<Self>.stride, alignment: 64) { memory in
      let scratch = memory.baseAddress.unsafelyUnwrapped.bindMemory(to: Self.self, capacity: size)
      fill(scratch, with: 0, count: size)
      body(scratch, (g.padding * g.paddedWidth + g.padding) * g.channels)
    }
  }
}
