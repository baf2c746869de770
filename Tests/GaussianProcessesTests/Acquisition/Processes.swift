import Foundation
import GaussianProcesses
import Tensors
import Testing

/// Small processes for the tests of acquisition functions.
enum Processes {
  /// Two numbers, one with cells, a category and a conditional number.
  static let features: [InputFeature] = [.number, .number, .cells(5), .category(3), InputFeature.number.conditional]

  static func randomPoints(_ count: Int, _ features: [InputFeature], key: RandomKey) -> Matrix<Double> {
    let uniforms = Vector<Double>.uniform(key, count: count * features.count).array
    var points = Matrix<Double>(rows: count, columns: features.count)
    for row in 0..<count {
      for (column, feature) in features.enumerated() {
        let u = uniforms[row * features.count + column]
        switch feature.kind {
        case .number(nil): points[row, column] = feature.isConditional && row % 3 == 0 ? .nan : u
        case .number(let cells?): points[row, column] = ((u * Double(cells)).rounded(.down) + 0.5) / Double(cells)
        case .category(let categories): points[row, column] = (u * Double(categories)).rounded(.down)
        }
      }
    }
    return points
  }

  static func mixed(count: Int = 12, noise: Double = 1e-3, seed: UInt64 = 5) throws -> GaussianProcess {
    let key = RandomKey(seed: seed)
    let points = randomPoints(count, features, key: key.folded(0))
    let outcomes = (0..<count).map { row in
      sin(5 * points[row, 0]) + points[row, 1] * points[row, 2] - 0.3 * points[row, 3]
        + (points[row, 4].isNaN ? 0.2 : points[row, 4])
    }
    return try process(points, outcomes, features, noise: noise)
  }

  static func line(_ x: [Double], _ y: [Double], noise: Double, scale: Double = 0.3) throws -> GaussianProcess {
    try process(Matrix(x, rows: x.count, columns: 1), y, [.number], noise: noise, scale: scale)
  }

  static func process(
    _ points: Matrix<Double>, _ outcomes: [Double], _ features: [InputFeature], noise: Double, scale: Double = 0.6
  ) throws -> GaussianProcess {
    try GaussianProcess(
      Observations(points: points, outcomes: outcomes), features: features,
      hyperparameters: Hyperparameters(
        lengthScales: features.indices.map { scale * (1 + 0.2 * Double($0)) }, noiseVariance: noise, mean: 0.1))
  }

  static func uniforms(_ rows: Int, _ columns: Int, seed: UInt64 = 9) -> Matrix<Double> {
    Matrix(Vector.uniform(RandomKey(seed: seed), count: rows * columns), rows: rows, columns: columns)
  }

  static func column(_ values: [Double]) -> Matrix<Double> { Matrix(values, rows: values.count, columns: 1) }
}

/// Gradients against central differences, and values with gradients against those without.
func checkGradients(
  _ acquisition: any AcquisitionFunction, _ features: [InputFeature] = Processes.features, tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let points = Processes.randomPoints(9, features, key: RandomKey(seed: 77))
  let (values, gradients) = acquisition.valuesAndGradients(at: points)
  let plain = acquisition.values(at: points)
  let h = 1e-5
  for row in 0..<points.rows {
    #expect(abs(values[row] - plain[row]) <= 1e-8 * max(1, abs(plain[row])), sourceLocation: sourceLocation)
    for (column, feature) in features.enumerated() {
      guard feature.isNumber, !points[row, column].isNaN else {
        #expect(gradients[row, column] == 0, sourceLocation: sourceLocation)
        continue
      }
      var (up, down) = (points.selecting(rows: [row]), points.selecting(rows: [row]))
      up[0, column] += h
      down[0, column] -= h
      let difference = (acquisition.values(at: up)[0] - acquisition.values(at: down)[0]) / (2 * h)
      #expect(
        abs(gradients[row, column] - difference) <= tolerance * max(1, abs(difference), abs(values[row])),
        "point \(row), coordinate \(column): \(gradients[row, column]) and \(difference)",
        sourceLocation: sourceLocation)
    }
  }
}
