/// A linear map of images in which each pixel is a weighted sum of four neighbours, in the same way everywhere, with
/// zeros outside:
///
///     y[r, c] = sum over j, k in {0, 1} of weight[j, k] x[r + row + j, c + column + k]
///
/// Translation by any vector with bilinear interpolation is such a map, and so are its derivatives and their adjoints.
struct BilinearStencil<Scalar: TensorScalar> {
  var row: Int
  var column: Int
  /// weight[0, 0], weight[0, 1], weight[1, 0], weight[1, 1]
  var weights: SIMD4<Scalar>

  /// The translation by `scale` times a vector, or a derivative of it with respect to the scale, see `translate`.
  ///
  /// Let f and g be what the places r - scale down and c - scale right have above whole numbers. The weights are the
  /// outer product of (1 - f, f) and (1 - g, g), and f and g fall by `down` and `right` as the scale grows. At the
  /// kinks, where a place is whole, the derivative is that of one side.
  init(down: Scalar, right: Scalar, scale: Scalar, derivative order: Int, in image: ImageGeometry) {
    let (y, x) = (-scale * down, -scale * right)
    guard y.magnitude <= Scalar(image.height + 1), x.magnitude <= Scalar(image.width + 1) else {
      // Nothing of the image is left; what is not a number is to be seen.
      (row, column, weights) = (0, 0, SIMD4(repeating: y.isNaN || x.isNaN ? .nan : 0))
      return
    }
    let (top, left) = (y.rounded(.down), x.rounded(.down))
    (row, column) = (Int(top), Int(left))
    let rows = (1 - (y - top), y - top)
    let columns = (1 - (x - left), x - left)
    let along = SIMD4(rows.0 * columns.0, rows.0 * columns.1, rows.1 * columns.0, rows.1 * columns.1)
    switch order {
    case 0: weights = along
    case 1:
      weights =
        SIMD4(columns.0, columns.1, -columns.0, -columns.1) * down + SIMD4(rows.0, -rows.0, rows.1, -rows.1) * right
    case 2: weights = SIMD4(1, -1, -1, 1) * (2 * down * right)
    default: weights = .zero
    }
  }

  /// The adjoint map: <y, A x> = <A' y, x>.
  var transposed: Self {
    var result = self
    (result.row, result.column) = (-row - 1, -column - 1)
    result.weights = SIMD4(weights[3], weights[2], weights[1], weights[0])
    return result
  }
}

extension TensorScalar {
  /// y = the image x, moved by `scale` times a vector with bilinear interpolation and zeros outside; or the derivative
  /// of that with respect to the scale; or the adjoint of either as a map of x. For memory that does not overlap.
  ///
  /// - Parameters:
  ///   - down: The vector's part along the rows, in pixels: what moves down comes from above.
  ///   - order: 0 for the translation itself, 1 and 2 for derivatives; those of higher order are 0.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func translate(
    _ x: UnsafePointer<Self>, _ image: ImageGeometry, down: Self, right: Self, scale: Self, derivative order: Int = 0,
    isAdjoint: Bool = false, into y: UnsafeMutablePointer<Self>
  ) {
    let translation = BilinearStencil(down: down, right: right, scale: scale, derivative: order, in: image)
    let stencil = isAdjoint ? translation.transposed : translation
    fill(y, with: 0, count: image.count)
    let line = image.width * image.channels
    for neighbour in 0..<4 {
      let weight = stencil.weights[neighbour]
      let (down, right) = (stencil.row + neighbour / 2, stencil.column + neighbour % 2)
      // Where the neighbour is in the image.
      let rows = (first: max(0, -down), end: min(image.height, image.height - down))
      let columns = (first: max(0, -right), end: min(image.width, image.width - right))
      guard weight != 0, rows.first < rows.end, columns.first < columns.end else { continue }
      let count = (columns.end - columns.first) * image.channels
      for row in rows.first..<rows.end {
        let y = y + row * line + columns.first * image.channels
        let x = x + (row + down) * line + (columns.first + right) * image.channels
        for i in 0..<count { y[i] = y[i].addingProduct(weight, x[i]) }
      }
    }
  }
}
