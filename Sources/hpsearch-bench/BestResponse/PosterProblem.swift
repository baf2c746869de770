import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors

/// The linear model of the poster "Stochastic hyperparameter optimization through hypernetworks": images to ten
/// numbers, the one-hot class, with
///
///     L = mean over images and outputs of -log N(t; y(x), 0.1^2)  +  penalty(w, h)
///
/// and Q the same mean over the validation images. The poster says "L2"; in its authors' program that is the norm of
/// the weights and not its square, which puts the optimum of figure 2 near their 1.8 and the best loss of the study of
/// ten weights at their 0.59.
struct PosterProblem: BilevelProblem {
  enum Penalty {
    /// exp(h) |w|, biases included: figure 2.
    case together
    /// The mean over the outputs c of exp(h_c) |w_c|, without biases: the study of ten weights.
    case byOutput
  }

  static let outputs = 10
  /// 1 / (2 0.1^2) in front of the squared error of an output.
  static let precision = 50.0
  /// -log N(0; 0, 0.1^2)
  static let constant = log(0.1) + 0.5 * log(2 * Double.pi)

  let training: Examples<Float>
  let validation: Examples<Float>
  let penalty: Penalty
  /// The standard deviation of the first weights.
  let initialScale: Double

  var hyperparameterCount: Int { penalty == .together ? 1 : Self.outputs }
  var inputs: Int { training.inputs.columns }
  var weightCount: Int { (inputs + 1) * Self.outputs }

  func initialWeights(key: RandomKey) -> Vector<Float> {
    var weights = Vector<Float>.normal(key, count: weightCount)
    Float.scale(weights.unsafeMutablePointer(), by: Float(initialScale), count: weightCount)
    return weights
  }

  func trainingLoss(
    _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
  ) -> Variable<Float> {
    (misfit(examples, weights) + decay(weights, hyperparameters)) * Float(training.count)
  }

  func validationLoss(
    _ examples: ExampleVariables<Float>, weights: Variable<Float>, hyperparameters: Variable<Float>, noise: [Int]
  ) -> Variable<Float> {
    (misfit(examples, weights) + Float(Self.constant)) * Float(validation.count)
  }

  /// The mean over images and outputs, without the constant.
  private func misfit(_ examples: ExampleVariables<Float>, _ weights: Variable<Float>) -> Variable<Float> {
    let errors = examples.inputs.affine(weights, inputs: inputs, outputs: Self.outputs) - examples.targets
    return errors.squared().sum() * Float(Self.precision / Double(examples.rows * Self.outputs))
  }

  private func decay(_ weights: Variable<Float>, _ hyperparameters: Variable<Float>) -> Variable<Float> {
    // The norm has no derivative at 0, where it is the best response from some hyperparameters on.
    let least: Float = 1e-12
    switch penalty {
    case .together:
      return hyperparameters.exp().reshaped([]) * (weights.squared().sum() + least).squareRoot()
    case .byOutput:
      let squares = weights.slice(from: 0, shape: [inputs, Self.outputs]).squared().sumOfRows()
      return hyperparameters.exp().dot((squares + least).squareRoot()) * (1 / Float(Self.outputs))
    }
  }
}
