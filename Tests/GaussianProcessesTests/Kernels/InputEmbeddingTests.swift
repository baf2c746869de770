import Foundation
import GaussianProcesses
import Tensors
import Testing

@Test func covarianceMatricesOverAConditionalSpaceArePositiveSemiDefinite() throws {
  for seed in 0..<5 {
    let count = 60
    let points = ModelReference.points(count, seed: UInt64(seed))
    let draws = ModelReference.normals(14, seed: UInt64(100 + seed)).map { exp($0) }
    let theta = Hyperparameters(
      lengthScales: Array(draws[0..<6]), inactiveDistances: Array(draws[6..<12]), noiseVariance: 1)
    let process = try GaussianProcess(
      Observations(points: points, outcomes: Array(repeating: 0, count: count)), features: ModelReference.features,
      hyperparameters: theta)
    let eigenvalues = try process.kernelMatrix(points).symmetricEigendecomposition().values.array
    #expect((eigenvalues.min() ?? -1) > -1e-11)
  }
}

@Test func distancesInABranchAreAsTheyAreMeantToBe() {
  let theta = Hyperparameters(lengthScales: [0.5], inactiveDistances: [2], noiseVariance: 0)
  let embedding = InputEmbedding([InputFeature.number.conditional], theta)
  func distance(_ x: Double, _ y: Double) -> Double {
    let z = embedding.embed(Matrix([x, y], rows: 2, columns: 1))
    return hypot(z[0, 0] - z[1, 0], z[0, 1] - z[1, 1])
  }
  // As far from a point without the number, whatever its value.
  #expect(abs(distance(0, .nan) - distance(0.37, .nan)) < 1e-14)
  #expect(distance(0.2, .nan) >= 2)
  #expect(distance(.nan, .nan) == 0)
  // Near ones are |x - y| / l apart; the distance grows all the way.
  #expect(abs(distance(0.4, 0.401) - 0.002) < 1e-8)
  let along = (0...20).map { distance(0, Double($0) / 20) }
  #expect(zip(along, along.dropFirst()).allSatisfy { $0 < $1 })
}

@Test func valuesOutsideTheirRangeAreAnswered() {
  let embedding = InputEmbedding(
    [.number, .category(2)], Hyperparameters(lengthScales: [1, 1], noiseVariance: 0))
  let z = embedding.embed(Matrix([-0.5, 7, 1.5, -1, .nan, .nan], rows: 3, columns: 2))
  #expect(z.elements.array.allSatisfy { $0.isFinite })
}

@Test func warpsAreMonotoneAndReachBothEnds() {
  for (a, b) in [(0.25, 4.0), (4, 0.25), (1, 1), (2, 3)] {
    let warp = KumaraswamyWarp(a: a, b: b)
    let values = (0...100).map { warp(Double($0) / 100) }
    #expect(values[0] == 0 && values[100] == 1)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
  }
  #expect(abs(KumaraswamyWarp(a: 2, b: 3)(0.5) - (1 - 0.75 * 0.75 * 0.75)) < 1e-15)
}
