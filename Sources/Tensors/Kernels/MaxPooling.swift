extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func maxPool(
    _ x: UnsafePointer<Self>, images: Int, _ geometry: PoolingGeometry, into y: UnsafeMutablePointer<Self>,
    offsets: UnsafeMutablePointer<Int32>
  ) {
    precondition(
      images * geometry.inputSize <= Int(Int32.max), "max pooling counts in 32 bits; \(images) images are too many")
    let (channels, window) = (geometry.channels, geometry.window)
    let line = geometry.width * channels
    // First down the columns, over whole lines of the image; then along one line.
    withUnsafeTemporaryAllocation(of: Self.self, capacity: 2 * line) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * line) { places in
        let (best, place) = (values.baseAddress.unsafelyUnwrapped, places.baseAddress.unsafelyUnwrapped)
        var (y, offsets) = (y, offsets)
        for image in 0..<images {
          for row in 0..<geometry.outputHeight {
            let top = image * geometry.inputSize + row * geometry.stride * line
            columnMaxima(x, top, line: line, window: window, best, place)
            if channels < 16 {
              lineMaximaOfFewChannels(best, place, geometry, y, offsets)
            } else {
              lineMaxima(best, place, geometry, y, offsets)
            }
            y += geometry.outputWidth * channels
            offsets += geometry.outputWidth * channels
          }
        }
      }
    }
  }

  @inline(__always)
  static func columnMaxima(
    _ x: UnsafePointer<Self>, _ top: Int, line: Int, window: Int, _ best: UnsafeMutablePointer<Self>,
    _ place: UnsafeMutablePointer<Int32>
  ) {
    let start = Int32(truncatingIfNeeded: top)
    for i in 0..<line {
      best[i] = x[top + i]
      place[i] = start &+ Int32(truncatingIfNeeded: i)
    }
    for below in 1..<max(1, window) {
      let source = x + top + below * line
      let start = Int32(truncatingIfNeeded: top + below * line)
      for i in 0..<line {
        let (a, b, placeOfA) = (best[i], source[i], place[i])
        let isLarger = b > a
        best[i] = isLarger ? b : a
        place[i] = isLarger ? start &+ Int32(truncatingIfNeeded: i) : placeOfA
      }
    }
  }

  @inline(__always)
  static func lineMaxima(
    _ best: UnsafePointer<Self>, _ place: UnsafePointer<Int32>, _ g: PoolingGeometry,
    _ y: UnsafeMutablePointer<Self>, _ offsets: UnsafeMutablePointer<Int32>
  ) {
    let channels = g.channels
    for column in 0..<g.outputWidth {
      let (y, offsets) = (y + column * channels, offsets + column * channels)
      let start = column * g.stride * channels
      for c in 0..<channels {
        y[c] = best[start + c]
        offsets[c] = place[start + c]
      }
      for beside in 1..<max(1, g.window) {
        let start = start + beside * channels
        for c in 0..<channels {
          let (a, b, placeOfA, placeOfB) = (y[c], best[start + c], offsets[c], place[start + c])
          let isLarger = b > a
          y[c] = isLarger ? b : a
          offsets[c] = isLarger ? placeOfB : placeOfA
        }
      }
    }
  }

  /// Loops over a few channels are slow: so the larger of each pixel and the next, for the whole line, once or more, and
  /// then the pixels where windows begin. The second halves of both memories are scratch.
  @inline(__always)
  static func lineMaximaOfFewChannels(
    _ best: UnsafeMutablePointer<Self>, _ place: UnsafeMutablePointer<Int32>, _ g: PoolingGeometry,
    _ y: UnsafeMutablePointer<Self>, _ offsets: UnsafeMutablePointer<Int32>
  ) {
    let (channels, line) = (g.channels, g.width * g.channels)
    var (here, herePlace, next, nextPlace) = (best, place, best + line, place + line)
    for beside in 1..<max(1, g.window) {
      pairMaxima(here, herePlace, shift: channels, next, nextPlace, count: line - beside * channels)
      (here, herePlace, next, nextPlace) = (next, nextPlace, here, herePlace)
    }
    let step = g.stride * channels
    Runs.copy(here, every: step, into: y, every: channels, runs: g.outputWidth, count: channels)
    Runs.copy(herePlace, every: step, into: offsets, every: channels, runs: g.outputWidth, count: channels)
  }

  /// Of every number and the one `shift` behind it, the larger.
  @inline(__always)
  static func pairMaxima(
    _ x: UnsafePointer<Self>, _ place: UnsafePointer<Int32>, shift: Int, _ larger: UnsafeMutablePointer<Self>,
    _ largerPlace: UnsafeMutablePointer<Int32>, count: Int
  ) {
    for i in 0..<count {
      let (a, b, placeOfA, placeOfB) = (x[i], x[shift + i], place[i], place[shift + i])
      let isLarger = b > a
      larger[i] = isLarger ? b : a
      largerPlace[i] = isLarger ? placeOfB : placeOfA
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func gather(
    _ x: UnsafePointer<Self>, offsets: UnsafePointer<Int32>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { y[i] = x[Int(offsets[i])] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func scatter(
    _ y: UnsafePointer<Self>, offsets: UnsafePointer<Int32>, addingTo x: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count { x[Int(offsets[i])] += y[i] }
  }
}
