import BayesianNetworks
import StudyModel

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
