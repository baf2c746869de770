import Foundation
import GaussianProcesses
import Tensors
import Testing

@Test func kernelsHaveTheirTextbookValues() {
  #expect(StationaryKernel.matern52.correlation(squaredDistance: 0) == 1)
  #expect(abs(StationaryKernel.rbf.correlation(squaredDistance: 2) - exp(-1)) < 1e-15)
  // (1 + sqrt 5 + 5/3) exp(-sqrt 5) with sqrt 5 = 2.2360679774997896964
  #expect(abs(StationaryKernel.matern52.correlation(squaredDistance: 1) - 0.523_994_108_831_820_3) < 1e-12)
}

@Test(arguments: StationaryKernel.allCases)
func covariancesAgreeWithDistancesTakenFeatureByFeature(kernel: StationaryKernel) throws {
  for theta in [ModelReference.hyperparameters, ModelReference.warped] {
    let process = try GaussianProcess(
      ModelReference.observations(30, seed: 1), features: ModelReference.features, kernel: kernel,
      hyperparameters: theta)
    let others = ModelReference.points(40, seed: 2)
    let expected = ModelReference.covarianceMatrix(
      others, process.points, ModelReference.features, theta, kernel: kernel)
    #expect(ModelReference.near(process.kernelMatrix(others).elements.array, expected.flatMap { $0 }, 1e-12))
  }
}

/// Distances from the origin of the embedding carry no cancellation, so that this checks the exponential.
@Test func theExponentialIsExactToTheLastDigits() throws {
  let scale = 0.02
  let process = try GaussianProcess(
    Observations(points: Matrix([0.5], rows: 1, columns: 1), outcomes: [0]), features: [.number], kernel: .rbf,
    hyperparameters: Hyperparameters(lengthScales: [scale], noiseVariance: 0))
  let places = Matrix((0...500).map { 0.5 + Double($0) / 1000 }, rows: 501, columns: 1)
  let values = process.kernelMatrix(places).elements.array
  for (row, value) in values.enumerated() {
    let z = (places[row, 0] - 0.5) / scale
    let expected = exp(-0.5 * z * z)
    #expect(abs(value - expected) <= expected * 1e-15 * (1 + z * z))
  }
}

@Test func covariancesFarAwayVanishInsteadOfOverflowing() throws {
  let theta = Hyperparameters(lengthScales: [1e-4], noiseVariance: 1e-6)
  let process = try GaussianProcess(
    Observations(points: Matrix([0], rows: 1, columns: 1), outcomes: [1]), features: [.number], kernel: .rbf,
    hyperparameters: theta)
  let value = process.kernelMatrix(Matrix([1], rows: 1, columns: 1))[0, 0]
  #expect(value >= 0 && value < 1e-300)
}

/// E cos(omega (z - z')) over the spectral density is the kernel (Bochner's theorem).
@Test(arguments: StationaryKernel.allCases)
func frequenciesHaveTheKernelAsTheirCharacteristicFunction(kernel: StationaryKernel) {
  let count = 200_000
  let frequencies = kernel.spectralFrequencies(count, width: 3, key: RandomKey(seed: 5)).elements.array
  for difference in [[0.3, 0, 0], [0.5, -0.4, 0.2], [1, 1, -1]] {
    var sum = 0.0
    for i in 0..<count {
      sum += cos((0..<3).reduce(0) { $0 + frequencies[i * 3 + $1] * difference[$1] })
    }
    let square = difference.reduce(0) { $0 + $1 * $1 }
    // Five standard errors; a cosine's standard deviation is below 1.
    #expect(abs(sum / Double(count) - kernel.correlation(squaredDistance: square)) < 5 / Double(count).squareRoot())
  }
}
