import Foundation
import Tensors
import Testing

@Suite struct TranslationTests {
  private static let image = ImageGeometry(height: 5, width: 4, channels: 3)
  private let x = Vector<Double>.normal(RandomKey(seed: 1), count: image.count)

  private func translated<Scalar: TensorScalar>(
    _ x: Vector<Scalar>, _ down: Scalar, _ right: Scalar, scale: Scalar = 1, order: Int = 0, isAdjoint: Bool = false,
    of image: ImageGeometry = image
  ) -> [Scalar] {
    var y = Vector<Scalar>(repeating: -9, count: image.count)
    withExtendedLifetime(x) {
      Scalar.translate(
        x.unsafePointer, image, down: down, right: right, scale: scale, derivative: order, isAdjoint: isAdjoint,
        into: y.unsafeMutablePointer())
    }
    return y.array
  }

  private func pixel<Scalar: TensorScalar>(_ x: Vector<Scalar>, _ row: Int, _ column: Int, _ channel: Int) -> Scalar {
    let image = Self.image
    guard (0..<image.height).contains(row), (0..<image.width).contains(column) else { return 0 }
    return x[(row * image.width + column) * image.channels + channel]
  }

  private func forEachPixel(_ body: (_ index: Int, _ row: Int, _ column: Int, _ channel: Int) -> Void) {
    let image = Self.image
    for index in 0..<image.count {
      body(index, index / (image.width * image.channels), index / image.channels % image.width, index % image.channels)
    }
  }

  @Test func wholePixelsAreMovedExactly() {
    let single = Vector<Float>.normal(RandomKey(seed: 2), count: Self.image.count)
    for down in -6...6 {
      for right in -5...5 {
        let (y, z) = (
          translated(x, Double(down), Double(right)), translated(single, Float(down) / 2, Float(right) / 2, scale: 2)
        )
        forEachPixel { index, row, column, channel in
          #expect(y[index] == pixel(x, row - down, column - right, channel))
          #expect(z[index] == pixel(single, row - down, column - right, channel))
        }
      }
    }
  }

  /// y(p) = sum over q of x(q) h(p - v - q), with the hat h(t) = max(0, 1 - |t|) in both directions.
  @Test(arguments: [(0.3, -0.6), (-1.25, 2.5), (3.9, 0.01), (4.7, -3.4), (-5.5, 0.0)])
  func fractionsAreInterpolated(down: Double, right: Double) {
    func hat(_ t: Double) -> Double { max(0, 1 - abs(t)) }
    let y = translated(x, down, right)
    forEachPixel { index, row, column, channel in
      var expected = 0.0
      for r in 0..<Self.image.height {
        for c in 0..<Self.image.width {
          let weight = hat(Double(row) - down - Double(r)) * hat(Double(column) - right - Double(c))
          expected += weight * pixel(x, r, c, channel)
        }
      }
      #expect(abs(y[index] - expected) < 1e-14)
    }
  }

  @Test func derivativesAreThoseOfDifferences() {
    let (down, right, scale, step) = (0.7, -1.3, 0.6, 1e-5)
    for order in 0..<3 {
      let (above, below) = (
        translated(x, down, right, scale: scale + step, order: order),
        translated(x, down, right, scale: scale - step, order: order)
      )
      let derivative = translated(x, down, right, scale: scale, order: order + 1)
      for i in 0..<x.count { #expect(abs((above[i] - below[i]) / (2 * step) - derivative[i]) < 1e-9) }
      #expect(order == 2 || derivative.contains { abs($0) > 0.1 })
    }
  }

  /// <y, A x> = <A' y, x>
  @Test func adjoints() {
    let y = Vector<Double>.normal(RandomKey(seed: 3), count: x.count)
    func product(_ a: [Double], _ b: Vector<Double>) -> Double { zip(a, b.array).reduce(0) { $0 + $1.0 * $1.1 } }
    for (down, right) in [(0.0, 0.0), (0.4, -1.7), (-2.2, 3.1), (4.6, 0.5), (2.0, -3.0)] {
      for order in 0...2 {
        let forward = product(translated(x, down, right, order: order), y)
        let backward = product(translated(y, down, right, order: order, isAdjoint: true), x)
        #expect(abs(forward - backward) < 1e-13 * max(1, abs(forward)))
      }
    }
  }

  @Test func beyondTheImageThereIsNothing() {
    for far in [6.0, 1e30, .infinity] {
      #expect(translated(x, far, 0) == [Double](repeating: 0, count: x.count))
      #expect(translated(x, 0, -far, order: 1, isAdjoint: true).allSatisfy { $0 == 0 })
    }
    #expect(translated(x, 0.5, 0.5, scale: .nan).contains { $0.isNaN })
    let one = ImageGeometry(height: 1, width: 1, channels: 1)
    #expect(translated(Vector([2.0]), 0.25, 0, of: one) == [1.5])
  }
}
