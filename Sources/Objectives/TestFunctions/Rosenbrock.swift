/// sum over i < d of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2, usually on [-5, 10]^d. The minimum 0 is at (1, ..., 1), in
/// a long bent valley.
package enum Rosenbrock: TestFunction {
  package static let dimensions: Int? = nil

  package static func value(_ x: [Double]) -> Double {
    zip(x, x.dropFirst()).reduce(0) { sum, pair in
      let (first, second) = (pair.1 - pair.0 * pair.0, 1 - pair.0)
      return sum + 100 * first * first + second * second
    }
  }
}
