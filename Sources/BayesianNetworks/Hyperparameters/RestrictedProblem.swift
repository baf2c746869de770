package import Autodiff
import Probability
package import Tensors

/// A problem of which some hyperparameters are fixed: what is chosen are the others, in their order.
package struct RestrictedProblem<Base: LayeredProblem>: LayeredProblem {
  package typealias Scalar = Base.Scalar

  package let base: Base
  /// The base's hyperparameters that are chosen, in order.
  package let free: [Int]
  /// All of the base's hyperparameters; the free ones are not looked at.
  package let fixed: [Double]

  /// - Precondition: `fixed` has a number for each hyperparameter of the base, and `free` is sorted.
  package init(_ base: Base, free: [Int], fixed: [Double]) {
    precondition(
      fixed.count == base.hyperparameterCount, "\(fixed.count) of \(base.hyperparameterCount) hyperparameters")
    precondition(free == free.sorted() && free.allSatisfy(fixed.indices.contains), "\(free) of \(fixed.count)")
    self.base = base
    self.free = free
    self.fixed = fixed
  }

  package var weightCount: Int { base.weightCount }
  package var hyperparameterCount: Int { free.count }
  package var training: Examples<Scalar> { base.training }
  package var validation: Examples<Scalar> { base.validation }
  package var layers: [LayerLayout] { base.layers }

  package func initialWeights(key: RandomKey) -> Vector<Scalar> { base.initialWeights(key: key) }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    base.trainingLoss(examples, weights: weights, hyperparameters: all(hyperparameters), noise: noise)
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    base.validationLoss(examples, weights: weights, hyperparameters: all(hyperparameters), noise: noise)
  }

  private func all(_ chosen: Variable<Scalar>) -> Variable<Scalar> {
    .concatenated(
      fixed.indices.map { index in
        free.firstIndex(of: index).map { chosen.slice(from: $0, shape: [1]) }
          ?? .constant([Scalar(fixed[index])], shape: [1])
      })
  }
}
