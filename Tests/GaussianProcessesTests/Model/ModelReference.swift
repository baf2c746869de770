import Foundation
import GaussianProcesses
import Tensors

/// Plain, slow versions of what the tests check: no embedding, no BLAS.
enum ModelReference {
  /// One feature of every kind.
  static let features: [InputFeature] = [
    .number, .cells(5), .category(3), InputFeature.number.conditional, InputFeature.category(2).conditional,
    InputFeature.cells(4).conditional,
  ]

  static let hyperparameters = Hyperparameters(
    lengthScales: [0.4, 0.7, 0.9, 0.3, 1.2, 0.8], inactiveDistances: [1, 1, 1, 0.6, 1, 0.2], signalVariance: 1.7,
    noiseVariance: 0.02, mean: 0.3)

  static var warped: Hyperparameters {
    var result = hyperparameters
    result.warps = [(0.6, 1.3), (1.4, 0.7), (1, 1), (0.8, 1.5), (1, 1), (1.2, 1.1)].map {
      KumaraswamyWarp(a: $0.0, b: $0.1)
    }
    return result
  }

  /// Random points; the conditional features exist with category 1 of the third feature.
  static func points(_ count: Int, seed: UInt64) -> Matrix<Double> {
    let uniforms = Vector<Double>.uniform(RandomKey(seed: seed), count: count * 6).array
    var rows: [Double] = []
    for row in 0..<count {
      let u = uniforms[(row * 6)..<(row * 6 + 6)].map { $0 }
      let category = (u[2] * 3).rounded(.down)
      rows += [u[0], ((u[1] * 5).rounded(.down) + 0.5) / 5, category]
      rows +=
        category == 1
        ? [u[3], (u[4] * 2).rounded(.down), ((u[5] * 4).rounded(.down) + 0.5) / 4] : [.nan, .nan, .nan]
    }
    return Matrix(rows, rows: count, columns: 6)
  }

  static func normals(_ count: Int, seed: UInt64) -> [Double] {
    Vector<Double>.normal(RandomKey(seed: seed), count: count).array
  }

  static func observations(_ count: Int, seed: UInt64) -> Observations {
    let points = points(count, seed: seed)
    let noise = normals(count, seed: seed + 1)
    let outcomes = (0..<count).map { row in
      let branch = points[row, 3].isNaN ? 0 : sin(4 * points[row, 3]) + 0.5 * points[row, 4]
      return sin(5 * points[row, 0]) + points[row, 1] - 0.4 * points[row, 2] + branch + 0.1 * noise[row]
    }
    return Observations(points: points, outcomes: outcomes, noise: (0..<count).map { $0 % 3 == 0 ? 0.05 : 0 })
  }

  static func row(_ matrix: Matrix<Double>, _ index: Int) -> [Double] {
    (0..<matrix.columns).map { matrix[index, $0] }
  }

  /// The covariance of two points, feature by feature.
  static func covariance(
    _ x: [Double], _ y: [Double], _ features: [InputFeature], _ theta: Hyperparameters,
    kernel: StationaryKernel = .matern52
  ) -> Double {
    var square = 0.0
    for (index, feature) in features.enumerated() {
      let (l, omega) = (theta.lengthScales[index], theta.inactiveDistances[index])
      let radius = (omega * omega + 1 / (Double.pi * l * Double.pi * l)).squareRoot()
      let warp: (Double) -> Double = { value in
        guard let warp = theta.warps?[index] else { return value }
        return 1 - pow(1 - pow(value, warp.a), warp.b)
      }
      switch (feature.isNumber, x[index].isNaN, y[index].isNaN) {
      case (_, true, true): break
      case (true, false, false):
        let difference = warp(x[index]) - warp(y[index])
        if feature.isConditional {
          let chord = 2 * radius * sin(difference / (2 * l * radius))
          square += chord * chord
        } else {
          square += difference * difference / (l * l)
        }
      case (true, _, _): square += radius * radius
      case (false, false, false): square += x[index] == y[index] ? 0 : 1 / (l * l)
      case (false, _, _): square += 1 / (2 * l * l)
      }
    }
    let r = square.squareRoot()
    switch kernel {
    case .matern52: return theta.signalVariance * (1 + sqrt(5) * r + 5 * square / 3) * exp(-sqrt(5) * r)
    case .rbf: return theta.signalVariance * exp(-square / 2)
    }
  }

  static func covarianceMatrix(
    _ a: Matrix<Double>, _ b: Matrix<Double>, _ features: [InputFeature], _ theta: Hyperparameters,
    kernel: StationaryKernel = .matern52
  ) -> [[Double]] {
    (0..<a.rows).map { i in
      (0..<b.rows).map { covariance(row(a, i), row(b, $0), features, theta, kernel: kernel) }
    }
  }

  /// A^-1 B and log |det A| by Gauss elimination with pivots.
  static func solve(_ a: [[Double]], _ b: [[Double]]) -> (solution: [[Double]], logDeterminant: Double) {
    var (a, b) = (a, b)
    let n = a.count
    var logDeterminant = 0.0
    for i in 0..<n {
      let pivot = (i..<n).max { abs(a[$0][i]) < abs(a[$1][i]) } ?? i
      a.swapAt(i, pivot)
      b.swapAt(i, pivot)
      logDeterminant += log(abs(a[i][i]))
      for row in 0..<n where row != i {
        let factor = a[row][i] / a[i][i]
        for column in i..<n { a[row][column] -= factor * a[i][column] }
        for column in b[row].indices { b[row][column] -= factor * b[i][column] }
      }
    }
    for i in 0..<n { for column in b[i].indices { b[i][column] /= a[i][i] } }
    return (b, logDeterminant)
  }

  /// The covariance of the observations, noise included.
  static func noisyCovariance(
    _ observations: Observations, _ features: [InputFeature], _ theta: Hyperparameters,
    kernel: StationaryKernel = .matern52
  ) -> [[Double]] {
    var matrix = covarianceMatrix(observations.points, observations.points, features, theta, kernel: kernel)
    for i in matrix.indices { matrix[i][i] += observations.noise[i] + theta.noiseVariance }
    return matrix
  }

  /// Posterior mean and variance by the textbook formulas.
  static func posterior(
    _ observations: Observations, at points: Matrix<Double>, _ features: [InputFeature], _ theta: Hyperparameters,
    kernel: StationaryKernel = .matern52
  ) -> Posterior {
    let k = noisyCovariance(observations, features, theta, kernel: kernel)
    let cross = covarianceMatrix(observations.points, points, features, theta, kernel: kernel)
    let weights = solve(k, cross).solution
    return Posterior(
      mean: (0..<points.rows).map { q in
        (0..<observations.count).reduce(theta.mean) {
          $0 + weights[$1][q] * (observations.outcomes[$1] - theta.mean)
        }
      },
      variance: (0..<points.rows).map { q in
        (0..<observations.count).reduce(theta.signalVariance) { $0 - weights[$1][q] * cross[$1][q] }
      })
  }

  /// log N(y; m, K)
  static func logMarginalLikelihood(
    _ observations: Observations, _ features: [InputFeature], _ theta: Hyperparameters,
    kernel: StationaryKernel = .matern52
  ) -> Double {
    let residuals = observations.outcomes.map { [$0 - theta.mean] }
    let (solution, logDeterminant) = solve(
      noisyCovariance(observations, features, theta, kernel: kernel), residuals)
    let quadratic = zip(residuals, solution).reduce(0) { $0 + $1.0[0] * $1.1[0] }
    return -0.5 * (quadratic + logDeterminant + Double(observations.count) * log(2 * Double.pi))
  }

  static func near(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  static func near(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { near($0, $1, tolerance) }
  }

  /// (f(x + h) - f(x - h)) / 2 h, improved by one step of Richardson's extrapolation.
  static func derivative(at x: Double, step h: Double = 1e-3, _ f: (Double) -> Double) -> Double {
    let wide = (f(x + h) - f(x - h)) / (2 * h)
    let narrow = (f(x + h / 2) - f(x - h / 2)) / h
    return (4 * narrow - wide) / 3
  }
}
