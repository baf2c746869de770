import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Problems whose losses are of inputs with noise and of shifted images.
@Suite struct AugmentedProblemTests {
  private static let image = ImageGeometry(height: 3, width: 2, channels: 2)
  private static let network = Network(inputs: image.count, hidden: [4], outputs: 1, activation: .tanh)

  private static func data(_ seed: UInt64 = 1) -> Examples<Double> {
    smoothExamples(rows: 12, inputs: image.count, seed: seed)
  }

  private static func point(
    _ tuning: Set<PointEstimateProblem<Double>.Tunable>, _ augmentation: InputAugmentation = .init(image: image)
  ) -> PointEstimateProblem<Double> {
    PointEstimateProblem(
      network, .gaussian(scale: 0.5), prior: .gaussian(.global), tuning: tuning, training: data(), validation: data(2),
      augmentation: augmentation)
  }

  private static func variational(
    noise: Bool = false, shift: Bool = false, isEvidence: Bool = false,
    _ augmentation: InputAugmentation = .init(image: image)
  ) -> VariationalProblem<Double> {
    VariationalProblem(
      network, .gaussian(scale: 0.5), tunesInputNoise: noise, tunesShift: shift,
      objective: isEvidence ? .evidence : .validation(data(2)),
      initialization: .init(mean: 0.5, rhoLow: -2, rhoHigh: -1), training: data(), augmentation: augmentation)
  }

  private static func weights(_ problem: some BilevelProblem<Double>) -> [Double] {
    problem.initialWeights(key: RandomKey(seed: 3)).array
  }

  @Test func derivativesAreThoseOfDifferences() {
    func check(_ problem: some BilevelProblem<Double>, _ point: [Double]) {
      let (training, validation) = (BilevelLoss(.training, problem), BilevelLoss(.validation, problem))
      let weights = Self.weights(problem)
      #expect(training.gradientError(at: weights, point) < 1e-6)
      #expect(training.mixedError(at: weights, point) < 1e-6)
      #expect(training.independent(at: weights, point) == [])
      #expect(validation.gradientError(at: weights, point) < 1e-6)
      #expect(Array(validation.independent(at: weights, point).suffix(2)) == [1, 2])
    }
    check(Self.point([.inputNoise, .shift]), [-0.3, -0.9, -0.4])
    check(Self.variational(noise: true, shift: true), [-0.3, -0.9, -0.4])
  }

  @Test func namesAndOrder() {
    let problem = Self.point([.shift, .noise, .inputNoise])
    #expect(problem.hyperparameterNames == ["log prior scale", "log noise", "log input noise", "log shift"])
    #expect(problem.index(of: .shift) == 3)
    #expect(
      Self.variational(noise: true, shift: true).hyperparameterNames
        == ["log prior scale", "log input noise", "log shift"])
  }

  /// The same draws at the same strength, whether it is chosen or fixed.
  @Test func fixedStrengthsAreInTheLoss() {
    let fixed = InputAugmentation(noise: 0.3, shift: 0.7, image: Self.image)
    func check(_ chosen: some BilevelProblem<Double>, _ given: some BilevelProblem<Double>) {
      let weights = Self.weights(given)
      let (free, bound) = (BilevelLoss(.training, chosen), BilevelLoss(.training, given))
      let loss = bound.value(weights, [-0.3])
      #expect(abs(free.value(weights, [-0.3, log(0.3), log(0.7)]) - loss) < 1e-10)
      #expect(abs(free.value(weights, [-0.3, -60, -60]) - loss) > 1e-3)
      #expect(bound.value(weights, [-0.3], key: RandomKey(seed: 8)) != loss)
    }
    check(Self.point([.inputNoise, .shift]), Self.point([], fixed))
    check(Self.variational(noise: true, shift: true), Self.variational(fixed))
  }

  /// A strength of nearly nothing is that of the inputs as they are.
  @Test func nothingIsTheLimit() {
    let weights = Self.weights(Self.point([]))
    let clean = BilevelLoss(.training, Self.point([])).value(weights, [-0.3])
    let faint = BilevelLoss(.training, Self.point([.shift])).value(weights, [-0.3, -30])
    #expect(abs(clean - faint) < 1e-9)
  }

  /// Strengths that are fixed are in L alone: Q is the bound of the inputs as they are.
  @Test func anEvidenceIsOfCleanInputs() {
    let noisy = Self.variational(isEvidence: true, InputAugmentation(noise: 0.3, shift: 0.7, image: Self.image))
    let clean = Self.variational(isEvidence: true)
    let weights = Self.weights(clean)
    let bound = BilevelLoss(.validation, clean).value(weights, [-0.3])
    #expect(BilevelLoss(.validation, noisy).value(weights, [-0.3]) == bound)
    #expect(BilevelLoss(.training, clean).value(weights, [-0.3]) == bound)
    #expect(BilevelLoss(.training, noisy).value(weights, [-0.3]) > bound)
  }

  /// Folds are given parts of the examples, each with shifts of its own.
  @Test func foldsOfShiftedImages() {
    let base = Self.point([.shift])
    let own = PointEstimateProblem(
      Self.network, .gaussian(scale: 0.5), prior: .gaussian(.global), tuning: [.shift], training: Self.data(),
      validation: Self.data(), augmentation: base.augmentation)
    let folds = FoldedProblem(own, folds: CrossValidation(folds: [Array(0..<5), Array(5..<12)]))
    let loss = BilevelLoss(.training, folds)
    #expect(loss.gradientError(at: Self.weights(folds), [-0.3, -0.2]) < 1e-6)
  }

  /// The derivative of the validation loss with respect to the strength, through an unrolled training, against
  /// differences.
  @Test func throughATraining() {
    let problem = Self.point([.shift])
    let training = ExampleVariables<Double>(rows: 12, of: problem.training)
    let validation = ExampleVariables<Double>(rows: 12, of: problem.validation)
    let strength = Variable<Double>.input([1])
    let hyperparameters = Variable.concatenated([.constant([0.2], shape: [1]), strength])
    var weights = Variable<Double>.constant(Self.weights(problem), shape: [problem.weightCount])
    for step in 0..<3 {
      let loss = problem.trainingLoss(training, weights: weights, hyperparameters: hyperparameters, noise: [step])
      weights = weights - gradient(of: loss, withRespectTo: [weights])[0] * 0.003
    }
    let value = problem.validationLoss(validation, weights: weights, hyperparameters: hyperparameters, noise: [9])
    func numbers(_ data: Examples<Double>) -> [[Double]] {
      guard case .values(let targets) = data.targets else { return [] }
      return [data.inputs.elements.array, targets.elements.array]
    }
    let inputs = [training.inputs, training.targets, validation.inputs, validation.targets]
    let others = zip(inputs, numbers(problem.training) + numbers(problem.validation)).map { (variable: $0, values: $1) }
    #expect(GradientCheck().error(of: value, at: [(strength, [-0.4])], others: others) < 1e-7)
    let derivative = gradient(of: value, withRespectTo: [strength])[0]
    let program = Program(inputs: [strength] + inputs, outputs: [derivative])
    let memory = [Vector([-0.4])] + others.map { Vector($0.values) }
    withExtendedLifetime(memory) {
      for (index, vector) in memory.enumerated() { program.bind(input: index, to: vector.unsafePointer) }
      program.run(key: RandomKey(seed: 0))
    }
    #expect(abs(program.output(0)[0]) > 1e-3)
  }
}
