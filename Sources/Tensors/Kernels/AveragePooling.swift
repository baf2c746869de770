extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func averagePool(
    _ x: UnsafePointer<Self>, images: Int, _ geometry: PoolingGeometry, into y: UnsafeMutablePointer<Self>
  ) {
    let (channels, window) = (geometry.channels, geometry.window)
    let line = geometry.width * channels
    let step = geometry.stride * channels
    let share = 1 / Self(window * window)
    // First down the columns, over whole lines of the image; then along one line.
    withUnsafeTemporaryAllocation(of: Self.self, capacity: line) { memory in
      let sums = memory.baseAddress.unsafelyUnwrapped
      var y = y
      for image in 0..<images {
        for row in 0..<geometry.outputHeight {
          let top = x + image * geometry.inputSize + row * geometry.stride * line
          for i in 0..<line { sums[i] = share * top[i] }
          for below in 1..<max(1, window) {
            for i in 0..<line { sums[i] = sums[i].addingProduct(share, top[below * line + i]) }
          }
          for column in 0..<geometry.outputWidth {
            for c in 0..<channels { y[c] = sums[column * step + c] }
            for beside in 1..<max(1, window) {
              for c in 0..<channels { y[c] += sums[column * step + beside * channels + c] }
            }
            y += channels
          }
        }
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func averagePoolAdjoint(
    _ y: UnsafePointer<Self>, images: Int, _ geometry: PoolingGeometry, addingTo x: UnsafeMutablePointer<Self>
  ) {
    let (channels, window) = (geometry.channels, geometry.window)
    let line = geometry.width * channels
    let step = geometry.stride * channels
    let share = 1 / Self(window * window)
    withUnsafeTemporaryAllocation(of: Self.self, capacity: line) { memory in
      let sums = memory.baseAddress.unsafelyUnwrapped
      var y = y
      for image in 0..<images {
        for row in 0..<geometry.outputHeight {
          for i in 0..<line { sums[i] = 0 }
          for column in 0..<geometry.outputWidth {
            for beside in 0..<window {
              for c in 0..<channels { sums[column * step + beside * channels + c] += y[c] }
            }
            y += channels
          }
          let top = x + image * geometry.inputSize + row * geometry.stride * line
          for below in 0..<window {
            for i in 0..<line { top[below * line + i] = top[below * line + i].addingProduct(share, sums[i]) }
          }
        }
      }
    }
  }
}
