/// How many examples a step sees; nil stands for all of them.
package struct BatchSizes: Hashable, Sendable {
  /// Of a training step.
  package var training: Int?
  /// Of an evaluation of Q.
  package var validation: Int?
  /// Of products with the Hessian at a fixed point (implicit differentiation, evidence).
  package var curvature: Int?
  /// All examples are taken so many at a time, in equal parts.
  package var rowsAtATime: Int

  package init(training: Int? = nil, validation: Int? = nil, curvature: Int? = nil, rowsAtATime: Int = 4096) {
    self.training = training
    self.validation = validation
    self.curvature = curvature
    self.rowsAtATime = rowsAtATime
  }

  func check(isUndivided: Bool, training count: Int, validation others: Int) throws(HypergradientError) {
    for (name, size, all) in [
      ("the batch size of the training", training, count), ("the batch size of the validation", validation, others),
      ("the batch size of the curvature", curvature, count), ("the number of rows at a time", rowsAtATime, 0),
    ] {
      guard let size else { continue }
      guard size >= 1 else { throw .badSetting(name: name, found: "\(size)", expected: "at least 1") }
      guard !isUndivided || size >= all else {
        throw .badSetting(
          name: name, found: "\(size)", expected: "all examples: the losses of this problem are no sums over examples")
      }
    }
  }
}
