import Autodiff
import Foundation
package import Probability
package import Tensors

/// A short training of plain weights at fixed hyperparameters.
package struct FineTuningSettings: Sendable {
  package var optimizer: any Optimizer
  package var steps: Int
  package var batchSize: Int

  package init(optimizer: any Optimizer = Adam(learningRate: 1e-3), steps: Int = 100, batchSize: Int = 128) {
    self.optimizer = optimizer
    self.steps = steps
    self.batchSize = batchSize
  }
}

/// Trains the weights that a hypernetwork gives on, at fixed hyperparameters. What Q changes by tells how far they were
/// from the best response; a hypernetwork of too little capacity shows here, though restarts of it agree.
package final class FineTuning<Scalar: DensityScalar> {
  private let problem: any BilevelProblem<Scalar>
  private let settings: FineTuningSettings
  private let key: RandomKey
  private let source: MinibatchSource<Scalar>
  private let program: Program<Scalar>
  private let gradient: Workspace<Scalar>
  private let hyperparameters: Workspace<Scalar>
  private let examples: ExampleMemory<Scalar>
  private let blockRows: Int
  private var evaluations: [Int: Program<Scalar>] = [:]

  package init(
    _ problem: any BilevelProblem<Scalar>, _ settings: FineTuningSettings, blockRows: Int = 1024, key: RandomKey
  ) {
    (self.problem, self.settings, self.blockRows, self.key) = (problem, settings, blockRows, key)
    let rows = min(settings.batchSize, problem.training.count)
    source = MinibatchSource(problem.training, rows: rows, key: key.folded(0))
    let weights = Variable<Scalar>.input([problem.weightCount], name: "weights")
    let h = Variable<Scalar>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: rows, of: problem.training)
    let loss = problem.trainingLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    program = Program(
      inputs: [weights, h, batch.inputs, batch.targets], outputs: [loss],
      destinations: Autodiff.gradient(of: loss, withRespectTo: [weights]))
    gradient = Workspace(problem.weightCount)
    hyperparameters = Workspace(problem.hyperparameterCount)
    examples = ExampleMemory(problem.validation)
  }

  /// The weights after the steps.
  package func tuned(_ start: Vector<Scalar>, at point: [Double]) -> Vector<Scalar> {
    set(point)
    let optimizer = settings.optimizer
    var weights = start
    var buffers = (0..<optimizer.stateBuffers).map { _ in Vector<Scalar>(count: start.count) }
    let memory = weights.unsafeMutablePointer()
    program.bind(input: 0, to: UnsafePointer(memory))
    program.bind(input: 1, to: UnsafePointer(hyperparameters.base))
    program.bind(destination: 0, to: gradient.base)
    // The rate falls to 0, so that the end is no random point of the last steps.
    let schedule = LearningRateSchedule.cosine(steps: max(1, settings.steps))
    for step in 0..<settings.steps {
      let (inputs, targets) = source.minibatch(step: step)
      program.bind(input: 2, to: inputs)
      bind(targets, to: program, input: 3)
      program.run(key: key.folded(1).folded(step))
      optimizer.update(
        OptimizerStep(
          parameters: memory, gradient: UnsafePointer(gradient.base), count: weights.count,
          gradientScale: 1 / Double(source.count), rateFactor: schedule.factor(step: step), number: step,
          total: settings.steps, examples: source.count, key: key.folded(2).folded(step)), state: &buffers)
    }
    withExtendedLifetime(weights) {}
    return weights
  }

  /// Q of given weights at a point, on all validation examples.
  package func value(_ weights: Vector<Scalar>, at point: [Double]) -> Double {
    set(point)
    return withExtendedLifetime(weights) {
      examples.blocks(of: blockRows).enumerated().reduce(0) { total, entry in
        let (index, block) = entry
        let program = evaluation(rows: block.rows)
        program.bind(input: 0, to: weights.unsafePointer)
        program.bind(input: 1, to: UnsafePointer(hyperparameters.base))
        program.bind(input: 2, to: examples.inputs(from: block.start))
        bind(examples.targets(from: block.start), to: program, input: 3)
        program.run(key: key.folded(3).folded(index))
        return total + Double(block.rows) / Double(examples.examples.count) * Double(program.output(0)[0])
      }
    }
  }

  /// |Q before - Q after|
  package func gap(from weights: Vector<Scalar>, at point: [Double]) -> Double {
    abs(value(weights, at: point) - value(tuned(weights, at: point), at: point))
  }

  private func set(_ point: [Double]) {
    for i in point.indices { hyperparameters.base[i] = Scalar(point[i]) }
  }

  private func bind(_ targets: TargetPointer<Scalar>, to program: Program<Scalar>, input: Int) {
    switch targets {
    case .values(let values): program.bind(input: input, to: values)
    case .classes(let classes): program.bind(input: input, to: classes)
    }
  }

  private func evaluation(rows: Int) -> Program<Scalar> {
    if let program = evaluations[rows] { return program }
    let weights = Variable<Scalar>.input([problem.weightCount], name: "weights")
    let h = Variable<Scalar>.input([problem.hyperparameterCount], name: "hyperparameters")
    let batch = ExampleVariables(rows: rows, of: problem.validation)
    let loss = problem.validationLoss(batch, weights: weights, hyperparameters: h, noise: [0])
    let program = Program(inputs: [weights, h, batch.inputs, batch.targets], outputs: [loss])
    evaluations[rows] = program
    return program
  }
}
