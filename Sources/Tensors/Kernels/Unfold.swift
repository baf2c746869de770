extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func unfold(
    _ x: UnsafePointer<Self>, images: Int, _ geometry: ConvolutionGeometry, into patches: UnsafeMutablePointer<Self>
  ) {
    let g = geometry
    let (channels, run, patchSize, outputWidth) = (g.channels, g.kernelWidth * g.channels, g.patchSize, g.outputWidth)
    // Short runs of many patches at a time, as many as stay in the first cache; long runs in the order of the memory.
    let block = run >= 32 ? 1 : max(1, 4096 / patchSize)
    forEachPaddedImage(x, images: images, g) { image, pixels in
      for outputRow in 0..<g.outputHeight {
        let target = patches + (image * g.outputHeight + outputRow) * outputWidth * patchSize
        for column in stride(from: 0, to: outputWidth, by: block) {
          for kernelRow in 0..<g.kernelHeight {
            let source = pixels + ((outputRow * g.stride + kernelRow) * g.paddedWidth + column * g.stride) * channels
            Runs.copy(
              source, every: g.stride * channels, into: target + column * patchSize + kernelRow * run,
              every: patchSize, runs: min(block, outputWidth - column), count: run)
          }
        }
      }
    }
  }
}
