/// The optimiser and its schedule.
package struct TrainingConfiguration: Hashable, Sendable {
  package enum Optimizer: String, Hashable, Sendable, CaseIterable {
    case adam, sgd
  }

  /// SGD hardly moves the scales of the posterior on large data sets.
  package var optimizer = Optimizer.adam
  package var learningRate = 1e-3
  /// SGD: momentum.
  package var momentum = 0.9
  /// Adam: decay of the first and of the second moment, and the floor below the line.
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-8
  package var batchSize = 128
  package var epochs = 100
  package init() {}
}
