import Foundation
public import Tensors

/// The regression of "Weight uncertainty in neural networks", eq. 22 (Blundell et al. 2015, section 5.2):
///
///     y = x + 0.3 sin(2 pi (x + e)) + 0.3 sin(4 pi (x + e)) + e,  e ~ N(0, 0.02^2)
///
/// The 0.02 is the standard deviation; the same e stands in all three places.
public enum NoisySine {
  public static let noise = 0.02

  /// Training data: x uniform on [0, 0.5).
  public static func train(points: Int = 1024, key: RandomKey) -> Dataset {
    dataset(Vector.uniform(key.folded(0), from: 0, to: 0.5, count: points).array, key.folded(1))
  }

  /// Test data: x on an even grid over [-0.5, 1.5], most of it outside the training data.
  public static func test(points: Int = 1000, key: RandomKey) -> Dataset {
    dataset(evenGrid(from: -0.5, through: 1.5, count: points), key.folded(2))
  }

  static func target(_ x: Double, _ e: Double) -> Double {
    x + 0.3 * sin(2 * .pi * (x + e)) + 0.3 * sin(4 * .pi * (x + e)) + e
  }

  private static func dataset(_ x: [Double], _ key: RandomKey) -> Dataset {
    let noises = Vector<Double>.normal(key, count: x.count).array
    return Dataset(
      name: "noisy-sine", inputs: FeatureMatrix(rows: x.count, columns: 1, values: x), inputNames: ["x"],
      target: .values(zip(x, noises).map { target($0, noise * $1) }), targetName: "y")
  }
}

/// `count` numbers at equal distances, both ends among them.
func evenGrid(from low: Double, through high: Double, count: Int) -> [Double] {
  precondition(count >= 2, "an even grid needs at least two points, got \(count)")
  return (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}
