/// The optimiser and its schedule.
package struct TrainingConfiguration: Hashable, Sendable {
  package enum Optimizer: String, Hashable, Sendable, CaseIterable {
    case adam, sgd, nesterov, adamw, rmsprop
  }

  /// How the learning rate goes with the steps.
  package struct Schedule: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case constant
      /// Multiplied by `factor` every `everyEpochs` epochs.
      case step
      /// Half a cosine wave, from the whole to 0 at the end.
      case cosine
      /// `cycles` such waves.
      case cyclical
    }

    package var kind = Kind.constant
    /// `step`
    package var everyEpochs = 30
    /// `step`
    package var factor = 0.1
    /// `cyclical`
    package var cycles = 4
    /// Epochs in which the rate first grows from 0, in a straight line.
    package var warmupEpochs = 0
    package init() {}
  }

  /// The training stops when the lppd of the validation data has not become better for a while, and goes back to the
  /// best epoch.
  package struct EarlyStopping: Hashable, Sendable {
    /// Epochs without a better lppd after which the training stops.
    package var patience = 20
    /// Epochs between two looks at the validation data.
    package var everyEpochs = 1
    package init() {}
  }

  /// SGD hardly moves the scales of the posterior on large data sets.
  package var optimizer = Optimizer.adam
  package var learningRate = 1e-3
  /// SGD and Nesterov: momentum.
  package var momentum = 0.9
  /// Adam and AdamW: decay of the first and of the second moment, and the floor below the line (of RMSprop too).
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-8
  /// AdamW: decoupled weight decay.
  package var weightDecay = 0.01
  /// RMSprop: decay of the mean square of the gradient.
  package var decay = 0.99
  package var batchSize = 128
  package var epochs = 100
  package var schedule = Schedule()
  /// Gradients with a greater Euclidean norm are scaled down to it; nil is no limit.
  package var clipNorm: Double?
  /// Standard deviation of Gaussian noise that is added to the inputs of each minibatch, as the network sees them; nil
  /// is none.
  package var inputNoise: Double?
  /// Standard deviation, in pixels, of a random translation of each image of a minibatch; nil is none.
  package var shift: Double?
  /// nil: all epochs are made.
  package var earlyStopping: EarlyStopping?
  package init() {}

  /// Whether the network is trained on other inputs than those of the data.
  package var augmentsInputs: Bool { (inputNoise ?? 0) > 0 || (shift ?? 0) > 0 }
}
