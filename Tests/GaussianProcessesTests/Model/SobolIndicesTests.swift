import Foundation
import GaussianProcesses
import Tensors
import Testing

private func uniform(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Double> {
  Matrix(Vector<Double>.uniform(RandomKey(seed: seed), count: rows * columns), rows: rows, columns: columns)
}

/// The function of Ishigami and Homma 1990 with a = 7, b = 0.1: main effects 0.3139, 0.4424, 0; total effects 0.5576,
/// 0.4424, 0.2437.
@Test func indicesOfIshigamisFunctionAreRecovered() throws {
  let points = uniform(500, 3, seed: 1)
  let outcomes = (0..<500).map { row in
    let x = (0..<3).map { Double.pi * (2 * points[row, $0] - 1) }
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0])
  }
  let process = try GaussianProcess(
    Observations(points: points, outcomes: outcomes), features: [.number, .number, .number], kernel: .rbf,
    hyperparameters: Hyperparameters(
      lengthScales: [0.25, 0.2, 0.35], signalVariance: 200, noiseVariance: 1e-6, mean: 3))
  let indices = process.sobolIndices(uniforms: uniform(4000, 6, seed: 2))
  for (found, expected) in zip(indices.main, [0.3139, 0.4424, 0]) { #expect(abs(found - expected) < 0.05) }
  for (found, expected) in zip(indices.total, [0.5576, 0.4424, 0.2437]) { #expect(abs(found - expected) < 0.05) }
  #expect(abs(indices.variance - 13.845) < 0.7)
}

/// y = x in the branch that half of the points are in, and 0 elsewhere: var = 1/6 - 1/16 = 5/48; given the category,
/// its mean is 1/2 or 0, so the category's main effect is (1/16) / (5/48) = 0.6, and its total effect all that x does
/// not explain by itself: var E(y | x) = var(x / 2) = 1/48, so 1 - 0.2.
@Test func indicesInAConditionalSpaceAreThoseOfTheUniforms() throws {
  func decode(_ u: Matrix<Double>) -> Matrix<Double> {
    var result = u
    for row in 0..<u.rows {
      result[row, 0] = u[row, 0] < 0.5 ? 0 : 1
      if result[row, 0] == 0 { result[row, 1] = .nan }
    }
    return result
  }
  let points = decode(uniform(80, 2, seed: 3))
  let process = try GaussianProcess(
    Observations(points: points, outcomes: (0..<80).map { points[$0, 0] == 1 ? points[$0, 1] : 0 }),
    features: [.category(2), InputFeature.number.conditional],
    hyperparameters: Hyperparameters(lengthScales: [1, 0.7], noiseVariance: 1e-6))
  let indices = process.sobolIndices(uniforms: uniform(8000, 4, seed: 4), decode: decode)
  for (found, expected) in zip(indices.main, [0.6, 0.2]) { #expect(abs(found - expected) < 0.05) }
  for (found, expected) in zip(indices.total, [0.8, 0.4]) { #expect(abs(found - expected) < 0.05) }
}

@Test func aConstantMeanHasNoIndices() throws {
  let process = try GaussianProcess(
    Observations(points: Matrix(rows: 0, columns: 1), outcomes: []), features: [.cells(3)],
    hyperparameters: Hyperparameters(lengthScales: [1], noiseVariance: 0))
  let indices = process.sobolIndices(uniforms: uniform(10, 2, seed: 5))
  #expect(indices.variance == 0 && indices.main == [0] && indices.total == [0])
}
