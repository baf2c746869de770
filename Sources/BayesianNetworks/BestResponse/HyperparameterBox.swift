import Tensors

/// Bounds of the hyperparameters, in their scale without bounds: lower <= h <= upper.
package struct HyperparameterBox: Hashable, Sendable {
  package let lower: [Double]
  package let upper: [Double]

  /// - Throws: `BestResponseError.badSetting` where bounds are not finite or not in order.
  package init(lower: [Double], upper: [Double]) throws(BestResponseError) {
    guard lower.count == upper.count, !lower.isEmpty else {
      throw .badSetting(
        name: "the box", found: "\(lower.count) lower and \(upper.count) upper bounds", expected: "as many of each")
    }
    for (index, (low, high)) in zip(lower, upper).enumerated() {
      guard low.isFinite, high.isFinite, low <= high else {
        throw .badSetting(
          name: "the box of hyperparameter \(index)", found: "[\(low), \(high)]", expected: "finite bounds in order")
      }
    }
    self.lower = lower
    self.upper = upper
  }

  package var count: Int { lower.count }
  package var center: [Double] { zip(lower, upper).map { 0.5 * ($0 + $1) } }
  package var widths: [Double] { zip(lower, upper).map { $1 - $0 } }
  /// Half of the width in each direction.
  package var halfWidths: [Double] { zip(lower, upper).map { 0.5 * ($1 - $0) } }

  /// The nearest point of the box.
  package func projected(_ point: [Double]) -> [Double] {
    point.indices.map { min(max(point[$0], lower[$0]), upper[$0]) }
  }

  func project<Scalar: TensorScalar>(_ point: UnsafeMutablePointer<Scalar>) {
    lower.withUnsafeBufferPointer { low in
      upper.withUnsafeBufferPointer { high in
        // A box has at least one direction.
        Scalar.clamp(point, low.baseAddress.unsafelyUnwrapped, high.baseAddress.unsafelyUnwrapped, count: count)
      }
    }
  }

  /// Points along one direction, from bound to bound, through a given point.
  package func line(along direction: Int, through point: [Double], count: Int) -> [[Double]] {
    steps(direction, count).map { value in
      var moved = point
      moved[direction] = value
      return moved
    }
  }

  /// Points of a plane through a given point, count x count; the second direction goes faster.
  package func plane(along first: Int, _ second: Int, through point: [Double], count: Int) -> [[Double]] {
    line(along: first, through: point, count: count).flatMap { line(along: second, through: $0, count: count) }
  }

  /// All points of a grid with so many in each direction; the last direction goes fastest.
  package func grid(_ count: Int) -> [[Double]] {
    (0..<self.count).reduce([[]]) { points, direction in
      points.flatMap { point in steps(direction, count).map { point + [$0] } }
    }
  }

  private func steps(_ direction: Int, _ count: Int) -> [Double] {
    guard count > 1 else { return [0.5 * (lower[direction] + upper[direction])] }
    let step = (upper[direction] - lower[direction]) / Double(count - 1)
    return (0..<count).map { lower[direction] + Double($0) * step }
  }
}
