package import Autodiff
package import Probability
package import Tensors

/// Two losses that share weights w and hyperparameters h: training minimises L(w, h) over w, and the search minimises
/// Q(w*(h), h) over h, where w*(h) is the best response of the weights.
///
/// Both are expressions, so that everything that needs their derivatives, of whatever order, comes from one definition:
/// hypergradients differentiate L and Q at given weights; a hypernetwork puts an expression of h in the place of w.
/// Hyperparameters are without bounds here: logarithms of scales, logits of rates.
package protocol BilevelProblem<Scalar>: Sendable {
  associatedtype Scalar: DensityScalar

  var weightCount: Int { get }
  var hyperparameterCount: Int { get }

  /// What L is computed from.
  var training: Examples<Scalar> { get }
  /// What Q is computed from; it may be the training examples, as for an evidence.
  var validation: Examples<Scalar> { get }

  /// Where a training starts, `weightCount` numbers.
  func initialWeights(key: RandomKey) -> Vector<Scalar>

  /// L of all training examples, estimated from some of them: a scalar.
  ///
  /// - Parameters:
  ///   - weights: [weightCount]
  ///   - hyperparameters: [hyperparameterCount]
  ///   - noise: Labels of the loss's own noise, apart from those of other calls in the same program.
  func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar>

  /// Q of all validation examples, estimated from some of them: a scalar, to be minimised.
  func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar>
}

/// Examples as inputs of a program.
package struct ExampleVariables<Scalar: DensityScalar> {
  /// rows x inputs
  package var inputs: Variable<Scalar>
  /// rows x outputs, or the classes.
  package var targets: Variable<Scalar>
  package var rows: Int

  /// Inputs for so many rows of some examples.
  package init(rows: Int, of examples: Examples<Scalar>) {
    self.rows = rows
    inputs = .input([rows, examples.inputs.columns], name: "inputs")
    targets =
      switch examples.targets {
      case .values(let values): .input([rows, values.columns], name: "targets")
      case .classes: .indices(rows, name: "classes")
      }
  }
}

extension BilevelProblem {
  /// The same weights for several copies of the network, one after another.
  func initialWeights(copies: Int, key: RandomKey) -> Vector<Scalar> {
    let weights = initialWeights(key: key)
    var result = Vector<Scalar>(count: copies * weights.count)
    let memory = result.unsafeMutablePointer()
    withExtendedLifetime(weights) {
      for copy in 0..<copies {
        Scalar.copy(weights.unsafePointer, into: memory + copy * weights.count, count: weights.count)
      }
    }
    return result
  }
}
