import Autodiff
import BayesianNetworks
import Tensors

/// Variational inference with the rhos in units of sqrt(N / 10), where N is the number of training examples.
///
/// Gradients of the rhos are about 1 / N of those of the means, and descent without a rate for each parameter leaves them
/// where they are: in these units its steps are N / 10 times as long. In units of sqrt(N) it diverges where a scale has
/// grown too far before the data hold it.
struct RescaledPosterior: LayeredProblem {
  let base: VariationalProblem<Float>

  private var unit: Float { (Float(base.training.count) / 10).squareRoot() }

  var weightCount: Int { base.weightCount }
  var hyperparameterCount: Int { base.hyperparameterCount }
  var training: Examples<Float> { base.training }
  var validation: Examples<Float> { base.validation }
  var layers: [LayerLayout] { base.layers }

  func initialWeights(key: RandomKey) -> Vector<Float> {
    var weights = base.initialWeights(key: key)
    let half = weightCount / 2
    Float.scale(weights.unsafeMutablePointer() + half, by: 1 / unit, count: half)
    return weights
  }

  func trainingLoss(
    _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
  ) -> Variable<Float> {
    base.trainingLoss(examples, weights: parameters(weights), hyperparameters: hyperparameters, noise: noise)
  }

  func validationLoss(
    _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
  ) -> Variable<Float> {
    base.validationLoss(examples, weights: parameters(weights), hyperparameters: hyperparameters, noise: noise)
  }

  private func parameters(_ weights: Variable<Float>) -> Variable<Float> {
    let half = weightCount / 2
    return .concatenated([
      weights.slice(from: 0, shape: [half]), weights.slice(from: half, shape: [half]) * unit,
    ])
  }

  func posterior(_ weights: Vector<Float>) -> VariationalPosterior<Float> {
    let half = weightCount / 2
    var rho = weights[half..<2 * half]
    Float.scale(rho.unsafeMutablePointer(), by: unit, count: half)
    return VariationalPosterior(DiagonalGaussian(mean: weights[0..<half], rho: rho))
  }
}
