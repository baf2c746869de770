package import Autodiff
import Probability
package import Tensors

/// k-fold cross-validation as a bilevel problem with k sets of weights, as in the lecture "Bayesian multimodelling":
///
///     L = (1/k) sum over folds q of L(w_q, h) estimated from the examples outside the fold,
///     Q = (1/k) sum over folds q of Q(w_q, h) estimated from those inside.
///
/// The estimates weigh log likelihoods by k / (k - 1) and by k, as there. Training and validation examples of the given
/// problem are the same, and are put in the order of the folds; the losses always see all of them.
package struct FoldedProblem<Base: BilevelProblem>: UndividedProblem {
  package typealias Scalar = Base.Scalar

  package let base: Base
  package let training: Examples<Scalar>
  /// Where each fold lies in the examples.
  package let folds: [Range<Int>]

  /// - Parameters:
  ///   - base: A problem whose losses are estimates from the examples they are given; its training examples are taken.
  ///   - folds: A partition of them.
  package init(_ base: Base, folds: CrossValidation) {
    precondition(
      folds.count == base.training.count && folds.count == base.validation.count,
      "a partition of \(folds.count) rows for \(base.training.count) and \(base.validation.count) examples")
    if case .classes = base.training.targets {
      // Classes are 32-bit numbers, and a part of them begins at a whole number of scalars.
      precondition(MemoryLayout<Scalar>.stride == 4, "folds of classes are for single precision alone")
    }
    self.base = base
    training = base.training.selecting(rows: folds.folds.flatMap(\.self))
    var ranges: [Range<Int>] = []
    for fold in folds.folds {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<(start + fold.count))
    }
    self.folds = ranges
  }

  package var validation: Examples<Scalar> { training }
  package var weightCount: Int { folds.count * base.weightCount }
  package var hyperparameterCount: Int { base.hyperparameterCount }

  /// The same weights for all folds.
  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    base.initialWeights(copies: folds.count, key: key)
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    mean(examples) { fold, rows in
      let before = examples.rows(0..<rows.lowerBound)
      let after = examples.rows(rows.upperBound..<training.count)
      return base.trainingLoss(
        joined(before, after, of: examples), weights: self.weights(of: fold, weights), hyperparameters: hyperparameters,
        noise: noise + [fold])
    }
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    mean(examples) { fold, rows in
      base.validationLoss(
        examples.rows(rows), weights: self.weights(of: fold, weights), hyperparameters: hyperparameters,
        noise: noise + [fold])
    }
  }

  private func weights(of fold: Int, _ all: Variable<Scalar>) -> Variable<Scalar> {
    all.slice(from: fold * base.weightCount, shape: [base.weightCount])
  }

  private func mean(
    _ examples: ExampleVariables<Scalar>, _ term: (Int, Range<Int>) -> Variable<Scalar>
  ) -> Variable<Scalar> {
    precondition(examples.rows == training.count, "folds need all \(training.count) examples, got \(examples.rows)")
    return Variable.sum(of: folds.enumerated().map { term($0, $1) }) * Scalar(1 / Double(folds.count))
  }

  private func joined(
    _ a: ExampleVariables<Scalar>, _ b: ExampleVariables<Scalar>, of examples: ExampleVariables<Scalar>
  ) -> ExampleVariables<Scalar> {
    if a.rows == 0 { return b }
    if b.rows == 0 { return a }
    func both(_ x: Variable<Scalar>, _ y: Variable<Scalar>) -> Variable<Scalar> {
      let all = Variable.concatenated([x, y])
      return x.shape.extents.count < 2 ? all : all.reshaped([a.rows + b.rows, x.shape.columns])
    }
    var result = examples
    (result.inputs, result.targets) = (both(a.inputs, b.inputs), both(a.targets, b.targets))
    result.rows = a.rows + b.rows
    return result
  }
}
