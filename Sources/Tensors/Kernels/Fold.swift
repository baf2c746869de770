extension TensorScalar {
  /// target += source
  @inline(__always)
  static func addRun(_ source: UnsafePointer<Self>, to target: UnsafeMutablePointer<Self>, count: Int) {
    var i = 0
    addVectors(SIMD16<Self>.self, source, target, count, &i)
    addVectors(SIMD8<Self>.self, source, target, count, &i)
    addVectors(SIMD4<Self>.self, source, target, count, &i)
    while i < count {
      target[i] += source[i]
      i += 1
    }
  }

  @inline(__always)
  static func addVectors<Lanes: SIMD>(
    _: Lanes.Type, _ source: UnsafePointer<Self>, _ target: UnsafeMutablePointer<Self>, _ count: Int, _ i: inout Int
  ) where Lanes.Scalar == Self {
    let lanes = Lanes.scalarCount
    while i + lanes <= count {
      let (a, b) = (UnsafeRawPointer(source + i), UnsafeMutableRawPointer(target + i))
      b.storeBytes(of: b.loadUnaligned(as: Lanes.self) + a.loadUnaligned(as: Lanes.self), as: Lanes.self)
      i += lanes
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func fold(
    _ patches: UnsafePointer<Self>, images: Int, _ geometry: ConvolutionGeometry, addingTo x: UnsafeMutablePointer<Self>
  ) {
    let g = geometry
    let imagePatches = g.patches * g.patchSize
    guard g.padding > 0 else {
      for image in 0..<images { foldImage(patches + image * imagePatches, g, addingTo: x + image * g.inputSize) }
      return
    }
    let line = g.width * g.channels
    withPaddedScratch(g) { scratch, inside in
      for image in 0..<images {
        foldImage(patches + image * imagePatches, g, addingTo: scratch)
        for row in 0..<g.height {
          addRun(
            scratch + inside + row * g.paddedWidth * g.channels, to: x + image * g.inputSize + row * line, count: line)
        }
        fill(scratch, with: 0, count: g.paddedHeight * g.paddedWidth * g.channels)
      }
    }
  }

  /// Patch by patch: the rows of one patch go to different lines of the image, so that they need not wait for each other.
  @inline(__always)
  static func foldImage(
    _ patches: UnsafePointer<Self>, _ g: ConvolutionGeometry, addingTo pixels: UnsafeMutablePointer<Self>
  ) {
    let run = g.kernelWidth * g.channels
    var patches = patches
    for outputRow in 0..<g.outputHeight {
      for outputColumn in 0..<g.outputWidth {
        let start = pixels + (outputRow * g.paddedWidth + outputColumn) * g.stride * g.channels
        for kernelRow in 0..<g.kernelHeight {
          addRun(patches, to: start + kernelRow * g.paddedWidth * g.channels, count: run)
          patches += run
        }
      }
    }
  }
}
