/// A function whose minima are known, for testing strategies: a smooth, deterministic map from x1 ... xd to a number.
package protocol TestFunction: Sendable {
  /// The number of dimensions; nil for any.
  static var dimensions: Int? { get }
  static func value(_ x: [Double]) -> Double
}
