package import Tensors

/// How a hypernetwork is trained: where the hyperparameters of its steps come from, and whether they are searched for at
/// the same time.
///
/// A step of the response draws h = location + scale z for `draws` numbers z of the method and goes down the mean of
/// L(w_phi(h), h) over them. Without a search the location is 0, the scale 1 and z is h itself.
package protocol ResponseMethod: Sendable {
  /// Hyperparameters of one step.
  var draws: Int { get }
  /// Whether all draws see the whole minibatch. Otherwise each has a part of it to itself, and a step costs little more
  /// than one of the network.
  var sharesMinibatch: Bool { get }
  /// How the current hyperparameters are trained along; nil where the response is learned by itself.
  var search: HyperparameterSearch? { get }

  /// From where the response measures its distances at first.
  func center(count: Int) -> [Double]

  /// Writes z, draws x count: standard normal numbers, unless a method says otherwise.
  func fill<Scalar: TensorScalar>(_ z: UnsafeMutablePointer<Scalar>, draws: Int, count: Int, key: RandomKey)
}

extension ResponseMethod {
  package func center(count: Int) -> [Double] {
    if let search, search.centersResponse { return search.start }
    return Array(repeating: 0, count: count)
  }

  package func fill<Scalar: TensorScalar>(
    _ z: UnsafeMutablePointer<Scalar>, draws: Int, count: Int, key: RandomKey
  ) {
    Scalar.fillNormal(key, offset: 0, into: z, count: draws * count)
  }
}

/// The outer part of a joint training: steps of the current hyperparameters down Q(w_phi(h), h).
package struct HyperparameterSearch: Sendable {
  /// Where the search begins.
  package var start: [Double]
  /// What the current hyperparameters are kept in.
  package var box: HyperparameterBox?
  package var optimizer: any Optimizer
  /// The factor of the optimiser's rate, by the steps of the hyperparameters.
  package var schedule = LearningRateSchedule.constant
  /// Steps of the response before the first of the hyperparameters.
  package var warmup = 0
  /// Steps of the response and of the hyperparameters in turn.
  package var turns = (response: 1, hyperparameters: 1)
  /// The first standard deviation of the draws around the current hyperparameters.
  package var scale: [Double]
  /// Whether the scale is trained with the hyperparameters; nil where it stays.
  package var scaleTraining: PerturbationScaleTraining?
  /// Whether the response's centre goes with the current hyperparameters; otherwise it sees h itself.
  package var centersResponse = false

  package init(
    start: [Double], box: HyperparameterBox? = nil, optimizer: any Optimizer, scale: [Double]
  ) {
    self.start = start
    self.box = box
    self.optimizer = optimizer
    self.scale = scale
  }
}

/// Training of the perturbations' scale s with an entropy term (MacKay et al. 2019, eq. 12): s goes down
/// E[Q(h + s z)] / n - entropyWeight sum log s, where Q / n is the validation loss of one example.
package struct PerturbationScaleTraining: Sendable {
  package var optimizer: any Optimizer
  package var entropyWeight: Double
  package var range: ClosedRange<Double>

  package init(
    optimizer: any Optimizer = Adam(learningRate: 0.01), entropyWeight: Double = 1e-3,
    range: ClosedRange<Double> = 0.02...2
  ) {
    self.optimizer = optimizer
    self.entropyWeight = entropyWeight
    self.range = range
  }
}
