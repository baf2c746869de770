import Foundation
public import Tensors

/// The synthetic set of the multimodelling lecture's comparison of hyperparameter methods: x ~ N(0, 1),
/// y = x + N(0, 1), and the features x^0, x^1, ... x^9, sin x, cos x, most of which are of no use.
public enum PolynomialFeatures {
  public static func dataset(points: Int = 40, key: RandomKey) -> Dataset {
    let x = Vector<Double>.normal(key.folded(0), count: points).array
    let noise = Vector<Double>.normal(key.folded(1), count: points).array
    let names = (0...9).map { "x^\($0)" } + ["sin x", "cos x"]
    return Dataset(
      name: "polynomial-features",
      inputs: FeatureMatrix(rows: points, columns: names.count, values: x.flatMap(features)), inputNames: names,
      target: .values(zip(x, noise).map { $0 + $1 }), targetName: "y")
  }

  private static func features(_ x: Double) -> [Double] {
    var powers = [1.0]
    for _ in 1...9 { powers.append(powers[powers.count - 1] * x) }
    return powers + [sin(x), cos(x)]
  }
}
