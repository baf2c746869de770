import GaussianProcesses
import Tensors
import Testing

@Suite struct BoundedLBFGSTests {
  static let free = (lower: [-Double.infinity, -.infinity], upper: [Double.infinity, .infinity])

  /// 1/2 (x - c)^T A (x - c) with A tridiagonal: 4 on the diagonal, -1 beside it.
  private func quadratic(_ center: [Double]) -> (_ x: [Double], _ gradient: inout [Double]) -> Double {
    { x, gradient in
      let d = zip(x, center).map { $0 - $1 }
      var value = 0.0
      for i in d.indices {
        let product = 4 * d[i] - (i > 0 ? d[i - 1] : 0) - (i + 1 < d.count ? d[i + 1] : 0)
        gradient[i] = product
        value += 0.5 * d[i] * product
      }
      return value
    }
  }

  private func rosenbrock(_ x: [Double], _ gradient: inout [Double]) -> Double {
    var value = 0.0
    for i in 0..<(x.count - 1) {
      let (a, b) = (1 - x[i], x[i + 1] - x[i] * x[i])
      value += a * a + 100 * b * b
      gradient[i] += -2 * a - 400 * x[i] * b
      gradient[i + 1] += 200 * b
    }
    return value
  }

  private var precise: BoundedLBFGS {
    var search = BoundedLBFGS()
    search.gradientTolerance = 1e-9
    search.relativeTolerance = 1e-15
    return search
  }

  @Test func findsTheCenterOfAQuadratic() {
    let center = (0..<30).map { Double($0) / 7 - 2 }
    let result = precise.minimize(
      from: Array(repeating: 0, count: 30), lower: Array(repeating: -10, count: 30),
      upper: Array(repeating: 10, count: 30), quadratic(center))
    #expect(zip(result.point, center).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(result.evaluations < 60)
  }

  /// Coordinate descent, which solves a strictly convex quadratic over a box, says where the minimum is.
  @Test(arguments: [0.3, 1, 2.5]) func stopsAtActiveBounds(_ width: Double) {
    let n = 25
    let center = (0..<n).map { 3 * (Double($0 * 37 % 11) / 5 - 1) }
    let (lower, upper) = (Array(repeating: -width, count: n), Array(repeating: width, count: n))
    var expected = Array(repeating: 0.0, count: n)
    for _ in 0..<300 {
      for i in 0..<n {
        let pull =
          (i > 0 ? expected[i - 1] - center[i - 1] : 0) + (i + 1 < n ? expected[i + 1] - center[i + 1] : 0)
        expected[i] = min(max(center[i] + pull / 4, lower[i]), upper[i])
      }
    }
    let result = precise.minimize(
      from: (0..<n).map { $0 % 2 == 0 ? width : -width / 2 }, lower: lower, upper: upper, quadratic(center))
    #expect(zip(result.point, expected).allSatisfy { abs($0 - $1) < 1e-7 }, "\(result)")
    #expect(result.gradientNorm < 1e-7)
  }

  @Test func findsTheMinimumOfRosenbrock() {
    let result = precise.minimize(
      from: [-1.2, 1], lower: Self.free.lower, upper: Self.free.upper
    ) { rosenbrock($0, &$1) }
    #expect(zip(result.point, [1, 1]).allSatisfy { abs($0 - $1) < 1e-6 }, "\(result)")
    #expect(result.evaluations < 80)
    let long = precise.minimize(
      from: (0..<10).map { _ in -1.2 }, lower: (0..<10).map { _ in -5 }, upper: (0..<10).map { _ in 10 }
    ) { rosenbrock($0, &$1) }
    #expect(long.gradientNorm < 1e-5)
    #expect(long.evaluations < 400)
  }

  /// With x0 <= 0.5 the minimum over the box is at (0.5, 0.25), where the gradient pushes against the bound.
  @Test func findsTheMinimumOfRosenbrockInABox() {
    let result = precise.minimize(from: [-1.2, 1], lower: [-1.5, -2], upper: [0.5, 2]) { rosenbrock($0, &$1) }
    #expect(abs(result.point[0] - 0.5) < 1e-12)
    #expect(abs(result.point[1] - 0.25) < 1e-8)
    #expect(abs(result.value - 0.25) < 1e-12)
    // The start outside the box is moved into it.
    let outside = precise.minimize(from: [7, -9], lower: [-1.5, -2], upper: [0.5, 2]) { rosenbrock($0, &$1) }
    #expect(abs(outside.value - 0.25) < 1e-12)
  }

  @Test func stepsBackFromWhereTheFunctionIsNotANumber() {
    // x - log x, which is not a number below 0, and a barrier at 2.
    let result = precise.minimize(from: [0.05, 1.9], lower: Self.free.lower, upper: Self.free.upper) { x, gradient in
      guard x[0] > 0, x[1] < 2 else { return x[0] > 0 ? .infinity : .nan }
      gradient = [1 - 1 / x[0], 2 * (x[1] - 1.5)]
      return x[0] - .log(x[0]) + (x[1] - 1.5) * (x[1] - 1.5)
    }
    #expect(abs(result.point[0] - 1) < 1e-6 && abs(result.point[1] - 1.5) < 1e-6, "\(result)")
  }

  @Test func saysWhenTheStartIsNotValid() {
    let result = BoundedLBFGS().minimize(from: [0], lower: [-1], upper: [1]) { _, _ in .nan }
    #expect(result.reason == .invalidStart)
    #expect(result.evaluations == 1)
  }

  @Test func endsWhereTheGradientIsWrong() {
    let result = BoundedLBFGS().minimize(from: [0.2], lower: [-1], upper: [1]) { x, gradient in
      gradient[0] = -1
      return x[0]
    }
    #expect(result.reason == .noProgress)
    #expect(result.point == [0.2])
  }

  @Test func aFixedCoordinateStays() {
    let result = precise.minimize(from: [3, 3], lower: [0.5, -5], upper: [0.5, 5], quadratic([2, 1]))
    #expect(result.point[0] == 0.5)
    #expect(abs(result.point[1] - (1 - 1.5 / 4)) < 1e-8)
  }

  @Test func anEmptyOrFlatProblemEndsAtOnce() {
    #expect(BoundedLBFGS().minimize(from: [], lower: [], upper: []) { _, _ in 1 }.reason == .smallGradient)
    let flat = BoundedLBFGS().minimize(from: [0.5], lower: [0], upper: [1]) { _, _ in 1 }
    #expect(flat.reason == .smallGradient && flat.point == [0.5])
  }

  @Test func limitsHold() {
    var search = precise
    search.maximumIterations = 3
    let short = search.minimize(from: [-1.2, 1], lower: Self.free.lower, upper: Self.free.upper) { rosenbrock($0, &$1) }
    #expect(short.iterations == 3 && short.reason == .iterationLimit)
    search = precise
    search.maximumEvaluations = 7
    let few = search.minimize(from: [-1.2, 1], lower: Self.free.lower, upper: Self.free.upper) { rosenbrock($0, &$1) }
    #expect(few.evaluations == 7 && few.value < 24.2)
  }

  @Test func togetherEqualsOneByOne() {
    let starts: [[Double]] = [[-1.2, 1], [0.3, -1.7], [1, 1], [-1.5, 2], [.nan, 0]]
    let (lower, upper) = ([-2.0, -2], [0.8, 2.0])
    var rounds = 0
    let together = precise.minimizeTogether(
      from: Matrix(starts.flatMap { $0 }, rows: starts.count, columns: 2), lower: lower, upper: upper
    ) { active, points in
      rounds += 1
      var (values, gradients) = ([Double](), [Double]())
      for row in active.indices {
        var gradient = [0.0, 0]
        values.append(rosenbrock([points[row, 0], points[row, 1]], &gradient))
        gradients += gradient
      }
      return (values, Matrix(gradients, rows: active.count, columns: 2))
    }
    let alone = starts.map { precise.minimize(from: $0, lower: lower, upper: upper) { rosenbrock($0, &$1) } }
    #expect(together.prefix(4) == alone.prefix(4))
    #expect(rounds == alone.map(\.evaluations).max())
    #expect(together[4].reason == .invalidStart && alone[4].reason == .invalidStart)
    #expect(alone.prefix(4).allSatisfy { abs($0.value - 0.04) < 1e-9 }, "\(alone)")
  }
}
