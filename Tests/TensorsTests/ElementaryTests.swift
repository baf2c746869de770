import Foundation
import Tensors
import Testing

@Suite struct ElementaryTests {
  /// The largest error over the points, in units in the last place of the exact result as a Float.
  func largestError(_ points: [Float], _ kernel: (Float) -> Float, _ exact: (Double) -> Double) -> Double {
    points.reduce(0) { largest, x in
      let truth = exact(Double(x))
      let unit = Double(max(Float(truth).magnitude, Float.leastNormalMagnitude).ulp)
      return max(largest, abs(Double(kernel(x)) - truth) / unit)
    }
  }

  func grid(_ low: Float, _ high: Float) -> [Float] {
    let n = 200_000
    return (0...n).map { low + (high - low) * Float($0) / Float(n) }
  }

  @Test func exp() {
    #expect(largestError(grid(-87.3, 88.7), { Float.exp($0) }, { Foundation.exp($0) }) < 1.2)
    #expect(largestError(grid(-1e-3, 1e-3), { Float.exp($0) }, { Foundation.exp($0) }) < 1)
    #expect(Float.exp(0) == 1)
    #expect(Float.exp(-200) == 0 && Float.exp(-.infinity) == 0)
    #expect(Float.exp(89) == .infinity && Float.exp(.infinity) == .infinity)
    #expect(Float.exp(.nan).isNaN)
    #expect(abs(Double(Float.exp(-100)) - Foundation.exp(-100)) <= Double(Float.leastNonzeroMagnitude))
  }

  @Test func expm1() {
    #expect(largestError(grid(-20, 20), { Float.expm1($0) }, { Foundation.expm1($0) }) < 2)
    #expect(largestError(grid(-1e-4, 1e-4), { Float.expm1($0) }, { Foundation.expm1($0) }) < 2)
    #expect(Float.expm1(-200) == -1)
  }

  @Test func log() {
    #expect(largestError(grid(1e-3, 20), { Float.log($0) }, { Foundation.log($0) }) < 1.2)
    #expect(largestError(grid(0.99, 1.01), { Float.log($0) }, { Foundation.log($0) }) < 1.5)
    let magnitudes = grid(-126, 127).map { Foundation.exp2f($0) }
    #expect(largestError(magnitudes, { Float.log($0) }, { Foundation.log($0) }) < 1.2)
    #expect(
      largestError(
        [Float.leastNormalMagnitude / 64, .leastNonzeroMagnitude], { Float.log($0) }, { Foundation.log($0) }) < 1.2)
    #expect(Float.log(1) == 0)
    #expect(Float.log(0) == -.infinity && Float.log(.infinity) == .infinity)
    #expect(Float.log(-1).isNaN && Float.log(.nan).isNaN)
  }

  @Test func logarithmOfAUniformNumber() {
    let ends: [UInt32] = [0, 1, 2, 3, .max, .max - 1, .max / 2, .max / 2 + 1]
    for bits in ends + (0..<100_000).map({ UInt32($0) &* 42_949 }) {
      let uniform = (Double(bits / 2) + 0.5) * 0x1p-31
      // Of the uniform number as a Float: near 1, its last place is what counts.
      let (float, double) = (Float.logUnit(bits), Double.logUnit(bits))
      let exact = Foundation.log(Double((Float(bits / 2) + 0.5) * 0x1p-31))
      #expect(abs(Double(float) - exact) <= 1.5e-7 * abs(exact) && float <= 0)
      #expect(abs(double - Foundation.log(uniform)) <= 1e-15 * abs(double))
    }
  }

  @Test func log1p() {
    #expect(largestError(grid(0, 1), { Float.log1p($0) }, { Foundation.log1p($0) }) < 2)
    #expect(largestError(grid(0, 1e-5), { Float.log1p($0) }, { Foundation.log1p($0) }) < 2)
  }

  @Test func tanh() {
    #expect(largestError(grid(-12, 12), { Float.tanh($0) }, { Foundation.tanh($0) }) < 2)
    #expect(largestError(grid(-1e-3, 1e-3), { Float.tanh($0) }, { Foundation.tanh($0) }) < 1)
    #expect(Float.tanh(100) == 1 && Float.tanh(-100) == -1)
    #expect(Float.tanh(.nan).isNaN)
  }

  @Test func erf() {
    #expect(largestError(grid(-5, 5), { Float.erf($0) }, { Foundation.erf($0) }) < 2)
    #expect(largestError(grid(-1e-3, 1e-3), { Float.erf($0) }, { Foundation.erf($0) }) < 2)
    #expect(Float.erf(.infinity) == 1 && Float.erf(-.infinity) == -1)
    #expect(Float.erf(.nan).isNaN)
  }

  @Test func gelu() {
    let exact: (Double) -> Double = { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 }
    let slope: (Double) -> Double = {
      erfc(-$0 / 2.0.squareRoot()) / 2 + $0 * Foundation.exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot()
    }
    let points = grid(-20, 20) + grid(-1e-3, 1e-3) + [0, 200, -200, 3e38, -3e38]
    func error(_ result: Double, _ truth: Double) -> Double { abs(result - truth) / max(1, abs(truth)) }
    func check<Scalar: TensorScalar>(_: Scalar.Type, tolerance: Double) {
      let x = Vector(points.map { Scalar($0) })
      var (y, gradient) = (Vector<Scalar>(count: x.count), Vector<Scalar>(repeating: 2, count: x.count))
      Scalar.gelu(x.unsafePointer, into: y.unsafeMutablePointer(), count: x.count)
      Scalar.geluGradient(input: x.unsafePointer, gradient.unsafeMutablePointer(), count: x.count)
      for i in points.indices {
        #expect(error(Double(y[i]), exact(Double(points[i]))) < tolerance, "gelu(\(points[i]))")
        #expect(error(Double(gradient[i]) / 2, slope(Double(points[i]))) < tolerance, "gelu'(\(points[i]))")
      }
    }
    check(Float.self, tolerance: 3e-7)
    check(Double.self, tolerance: 1e-15)
  }

  @Test func softplusAndItsInverse() {
    let exact: (Double) -> Double = { max($0, 0) + Foundation.log1p(Foundation.exp(-abs($0))) }
    #expect(largestError(grid(-30, 30), { Float.softplus($0) }, exact) < 3)
    for y in [1e-6, 0.01, 1, 30] as [Double] {
      #expect(abs(Double.softplus(Double.inverseSoftplus(y)) - y) < 1e-14 * y)
    }
  }

  @Test func sinCos() {
    for i in 0..<100_000 {
      let turn = UInt32(truncatingIfNeeded: i &* 42_949_673)
      let angle = Double(turn) * Double.pi * 0x1p-31
      let (sine, cosine) = Float.sinCos(turn: turn)
      #expect(abs(Double(sine) - sin(angle)) < 1.5e-7 && abs(Double(cosine) - cos(angle)) < 1.5e-7)
      let (sine64, cosine64) = Double.sinCos(turn: turn)
      #expect(abs(sine64 - sin(angle)) < 1e-14 && abs(cosine64 - cos(angle)) < 1e-14)
    }
  }
}
