import Foundation

/// The example of the multimodelling lecture on which evidence and leave-one-out disagree: x on an even grid over
/// [-1, 1], y = 0.5 x + 0.1 sin(37 (i + 1)) for i = 0, 1, ... . There is nothing random in it.
public enum PolynomialExample {
  public static func dataset(points: Int = 20) -> Dataset {
    let x = evenGrid(from: -1, through: 1, count: points)
    return Dataset(
      name: "polynomial", inputs: FeatureMatrix(rows: points, columns: 1, values: x), inputNames: ["x"],
      target: .values(x.enumerated().map { 0.5 * $1 + 0.1 * sin(37 * Double($0 + 1)) }), targetName: "y")
  }
}
