import Foundation

/// - sum_i alpha_i exp(- sum_j A_ij (x_j - P_ij)^2) on [0, 1]^6. The minimum -3.32237 is at
/// (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573).
package enum Hartmann6: TestFunction {
  package static let dimensions: Int? = 6

  private static let alpha: [Double] = [1, 1.2, 3, 3.2]
  private static let a: [[Double]] = [
    [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
  ]
  private static let p: [[Double]] = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ]

  package static func value(_ x: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<4 {
      var exponent = 0.0
      for j in 0..<6 {
        let difference = x[j] - p[i][j]
        exponent += a[i][j] * difference * difference
      }
      sum += alpha[i] * exp(-exponent)
    }
    return -sum
  }
}
