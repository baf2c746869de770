import BayesianNetworks
import Tensors

/// The path of a training for a plane through it: point parameters at the ends of epochs, at most thirty.
struct TrainingPath {
  private static let most = 30

  private let plan: NetworkPlan
  private let isKept: Bool
  /// Steps between two iterates.
  private let spacing: Int
  private let key: RandomKey
  private(set) var iterates: [Vector<Float>] = []

  init(plan: NetworkPlan, isKept: Bool, stepsPerEpoch: Int, totalSteps: Int, key: RandomKey) {
    self.plan = plan
    self.isKept = isKept
    self.key = key
    let epochs = totalSteps / stepsPerEpoch
    spacing = max(1, (epochs + Self.most - 1) / Self.most) * stepsPerEpoch
  }

  mutating func add(_ state: TrainingState<Float>) {
    guard isKept, state.step % spacing == 0 else { return }
    iterates.append(plan.method.iterate(of: state, model: plan.model).sample(0, key: key))
  }

  mutating func resume(_ iterates: [Vector<Float>]) {
    if isKept { self.iterates = iterates }
  }
}
