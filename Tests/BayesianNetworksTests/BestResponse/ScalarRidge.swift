import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors

/// L = 1/2 (w - 2)^2 + 1/2 e^h w^2 and Q = 1/2 (w - 1/2)^2: w*(h) = 2 / (1 + e^h), and Q is least at h = ln 3.
struct ScalarRidge<Scalar: DensityScalar>: BilevelProblem {
  var weightCount: Int { 1 }
  var hyperparameterCount: Int { 1 }
  let training = Examples<Scalar>(
    inputs: Matrix([1], rows: 1, columns: 1), targets: .values(Matrix([2], rows: 1, columns: 1)))
  let validation = Examples<Scalar>(
    inputs: Matrix([1], rows: 1, columns: 1), targets: .values(Matrix([0.5], rows: 1, columns: 1)))

  func initialWeights(key: RandomKey) -> Vector<Scalar> { Vector(count: 1) }

  func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let fit = (examples.inputs * weights - examples.targets).squared().sum()
    return (fit + (hyperparameters.exp() * weights.squared()).sum()) * 0.5
  }

  func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    (examples.inputs * weights - examples.targets).squared().sum() * 0.5
  }

  static func bestResponse(_ h: Double) -> Double { 2 / (1 + exp(h)) }
}

/// A search from a start, with the rate 0.01 of plain descent for weights and hyperparameters.
func ridgeSearch(start: Double, perturbation: Double = 0.3, rate: Double = 0.01) -> HyperparameterSearch {
  HyperparameterSearch(start: [start], optimizer: SGD(learningRate: rate), scale: [perturbation])
}
