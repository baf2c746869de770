package import Autodiff
import Probability
package import Tensors

/// Several bilevel problems with the same hyperparameters, each with weights and examples of its own, such as the folds of
/// a cross-validation whose data are standardised by the training part of each:
///
///     L = sum over parts q of (m / m_q) L_q(w_q, h),
///     Q = (1/k) sum over parts q of (n / n_q) Q_q(w_q, h),
///
/// with m_q training examples of part q and m examples in all, so that L / m, which is what is descended, has the gradients
/// that each part has alone, and with n_q validation examples of part q and n in all, so that Q / n is the mean of the parts'
/// means. The losses always see all examples.
package struct JointProblem<Part: BilevelProblem>: UndividedProblem {
  package typealias Scalar = Part.Scalar

  /// Of equal numbers of weights and hyperparameters.
  package let parts: [Part]
  /// The training examples of all parts, and then the validation examples of all.
  package let training: Examples<Scalar>
  private let trainingRows: [Range<Int>]
  private let validationRows: [Range<Int>]

  package init(_ parts: [Part]) {
    precondition(
      parts.allSatisfy {
        $0.weightCount == parts[0].weightCount && $0.hyperparameterCount == parts[0].hyperparameterCount
      } && !parts.isEmpty, "the parts of a joint problem have as many weights and hyperparameters as each other")
    self.parts = parts
    let all = parts.map(\.training) + parts.map(\.validation)
    training = .joining(all)
    if case .classes = training.targets {
      // Classes are 32-bit numbers, and a part of them begins at a whole number of scalars.
      precondition(MemoryLayout<Scalar>.stride == 4, "joint problems of classes are for single precision alone")
    }
    var rows: [Range<Int>] = []
    for part in all {
      let start = rows.last?.upperBound ?? 0
      rows.append(start..<(start + part.count))
    }
    trainingRows = Array(rows[..<parts.count])
    validationRows = Array(rows[parts.count...])
  }

  package var validation: Examples<Scalar> { training }
  package var weightCount: Int { parts.count * parts[0].weightCount }
  package var hyperparameterCount: Int { parts[0].hyperparameterCount }

  /// The same weights for all parts.
  package func initialWeights(key: RandomKey) -> Vector<Scalar> {
    parts[0].initialWeights(copies: parts.count, key: key)
  }

  package func trainingLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    sum(examples) { part in
      let rows = trainingRows[part]
      let loss = parts[part].trainingLoss(
        examples.rows(rows), weights: self.weights(of: part, weights), hyperparameters: hyperparameters,
        noise: noise + [part])
      return loss * Scalar(Double(training.count) / Double(rows.count))
    }
  }

  package func validationLoss(
    _ examples: ExampleVariables<Scalar>, weights: Variable<Scalar>, hyperparameters: Variable<Scalar>, noise: [Int]
  ) -> Variable<Scalar> {
    let all = validationRows.reduce(0) { $0 + $1.count }
    return sum(examples) { part in
      let rows = validationRows[part]
      let loss = parts[part].validationLoss(
        examples.rows(rows), weights: self.weights(of: part, weights), hyperparameters: hyperparameters,
        noise: noise + [part])
      return loss * Scalar(Double(all) / Double(rows.count * parts.count))
    }
  }

  private func weights(of part: Int, _ all: Variable<Scalar>) -> Variable<Scalar> {
    all.slice(from: part * parts[0].weightCount, shape: [parts[0].weightCount])
  }

  private func sum(_ examples: ExampleVariables<Scalar>, _ term: (Int) -> Variable<Scalar>) -> Variable<Scalar> {
    precondition(examples.rows == training.count, "all \(training.count) examples are needed, got \(examples.rows)")
    return Variable.sum(of: parts.indices.map(term))
  }
}

extension ExampleVariables {
  /// Some of the rows.
  func rows(_ range: Range<Int>) -> Self {
    func part(_ variable: Variable<Scalar>) -> Variable<Scalar> {
      let columns = variable.shape.count / rows
      let shape = variable.shape.extents.count < 2 ? Shape([range.count]) : Shape([range.count, columns])
      return variable.slice(from: range.lowerBound * columns, shape: shape)
    }
    var result = self
    (result.inputs, result.targets, result.rows) = (part(inputs), part(targets), range.count)
    return result
  }
}
