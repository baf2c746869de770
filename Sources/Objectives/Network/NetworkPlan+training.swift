import BayesianNetworks
import Datasets
import StudyModel
import Tensors

extension NetworkPlan {
  static func optimizer(_ training: TrainingConfiguration) -> any Optimizer {
    let rate = training.learningRate
    switch training.optimizer {
    case .adam:
      return Adam(learningRate: rate, beta1: training.beta1, beta2: training.beta2, epsilon: training.epsilon)
    case .adamw:
      return AdamW(
        learningRate: rate, beta1: training.beta1, beta2: training.beta2, epsilon: training.epsilon,
        weightDecay: training.weightDecay)
    case .sgd: return MomentumSGD(learningRate: rate, momentum: training.momentum)
    case .nesterov: return MomentumSGD(learningRate: rate, momentum: training.momentum, isNesterov: true)
    case .rmsprop: return RMSProp(learningRate: rate, decay: training.decay, epsilon: training.epsilon)
    }
  }

  /// What is done to the inputs in training.
  ///
  /// - Throws: `ObjectiveError` where images are to be shifted and the network reads none.
  static func augmentation(
    _ configuration: SweepConfiguration, _ data: Dataset
  ) throws(ObjectiveError) -> InputAugmentation {
    let (training, reads) = (configuration.training, configuration.model.architecture)
    let image = reads == .polynomial ? nil : data.imageShape
    let shift = training.shift ?? 0
    guard shift == 0 || image != nil else {
      let found = reads == .polynomial ? "\"polynomial\" reads powers" : "\(data.name) has rows of a table"
      throw ObjectiveError("training.shift: needs images, and \(found); remove it")
    }
    return InputAugmentation(
      noise: training.inputNoise ?? 0, shift: shift,
      image: image.map { ImageGeometry(height: $0.height, width: $0.width, channels: $0.channels) })
  }

  static func schedule(
    _ training: TrainingConfiguration, stepsPerEpoch: Int, steps: Int
  ) -> LearningRateSchedule {
    let schedule = training.schedule
    let warmup = schedule.warmupEpochs * stepsPerEpoch
    switch schedule.kind {
    case .constant: return LearningRateSchedule(.constant, warmup: warmup)
    case .step: return .step(every: schedule.everyEpochs * stepsPerEpoch, factor: schedule.factor, warmup: warmup)
    case .cosine: return .cosine(steps: steps, warmup: warmup)
    case .cyclical:
      let period = (max(1, steps - warmup) + schedule.cycles - 1) / schedule.cycles
      return .cyclical(period: period, warmup: warmup)
    }
  }
}
