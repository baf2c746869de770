import Autodiff
import Probability
import Tensors

/// The mean of a loss over some draws of the hyperparameters, with the weights that the response gives for each, and its
/// gradients: built once.
///
/// The draws are h = location + exp(log scale) z.
final class ResponseProgram<Scalar: DensityScalar> {
  /// Which loss, and with respect to what.
  enum Kind {
    /// L, with respect to phi.
    case training
    /// Q, with respect to the location, and to the scale where there are perturbations.
    case validation(perturbed: Bool)
    /// Q alone, of given weights.
    case evaluation
  }

  let program: Program<Scalar>
  let draws: Int
  let rows: Int
  /// Whether all draws have the same examples.
  let sharesExamples: Bool
  private let starts: [Int]
  private let firstPart: Int

  /// - Parameter rows: Examples of each draw.
  init(
    _ kind: Kind, _ problem: any BilevelProblem<Scalar>, _ response: any BestResponse<Scalar>, draws: Int, rows: Int,
    sharesExamples: Bool
  ) {
    (self.draws, self.rows, self.sharesExamples) = (draws, rows, sharesExamples)
    starts = response.starts
    let count = problem.hyperparameterCount
    let shape: Shape = [draws, count]
    let location = Variable<Scalar>.input([count], name: "location")
    let logScale = Variable<Scalar>.input([count], name: "log scale")
    let center = Variable<Scalar>.input([count], name: "centre")
    let noise = Variable<Scalar>.input(shape, name: "noise")
    let parts = response.parts.map { Variable<Scalar>.input($0.shape, name: $0.name) }
    let perturbed = Perturbation<Scalar>(draws: draws, count: count).results([location, logScale, center, noise])
    let moved = perturbed[0]
    let weights = response.weights(distances: perturbed[1], parts: parts)
    let isTraining = if case .training = kind { true } else { false }
    let data = isTraining ? problem.training : problem.validation
    var examples: [ExampleVariables<Scalar>] = []
    var losses: [Variable<Scalar>] = []
    for draw in 0..<draws {
      if draw == 0 || !sharesExamples { examples.append(ExampleVariables(rows: rows, of: data)) }
      let (h, own) = (moved.slice(from: draw * count, shape: [count]), examples[examples.count - 1])
      losses.append(
        isTraining
          ? problem.trainingLoss(own, weights: weights[draw], hyperparameters: h, noise: [draw])
          : problem.validationLoss(own, weights: weights[draw], hyperparameters: h, noise: [draw]))
    }
    let loss = Variable.sum(of: losses) * Scalar(1 / Double(draws))
    let variables =
      switch kind {
      case .training: parts
      case .validation(let perturbed): perturbed ? [location, logScale] : [location]
      case .evaluation: [Variable<Scalar>]()
      }
    firstPart = 4 + 2 * examples.count
    program = Program(
      inputs: [location, logScale, center, noise] + examples.flatMap { [$0.inputs, $0.targets] } + parts,
      outputs: [loss], destinations: gradient(of: loss, withRespectTo: variables))
  }

  /// Binds the hyperparameters' distribution and phi.
  func bind(
    location: UnsafePointer<Scalar>, logScale: UnsafePointer<Scalar>, center: UnsafePointer<Scalar>,
    noise: UnsafePointer<Scalar>, parameters: UnsafePointer<Scalar>
  ) {
    for (index, memory) in [location, logScale, center, noise].enumerated() { program.bind(input: index, to: memory) }
    for (index, start) in starts.enumerated() { program.bind(input: firstPart + index, to: parameters + start) }
  }

  /// Binds the examples of all draws, one after another where they do not share them.
  func bind(
    _ inputs: UnsafePointer<Scalar>, _ targets: TargetPointer<Scalar>, inputColumns: Int, targetColumns: Int
  ) {
    for group in 0..<(sharesExamples ? 1 : draws) {
      program.bind(input: 4 + 2 * group, to: inputs + group * rows * inputColumns)
      switch targets {
      case .values(let values): program.bind(input: 5 + 2 * group, to: values + group * rows * targetColumns)
      case .classes(let classes): program.bind(input: 5 + 2 * group, to: classes + group * rows)
      }
    }
  }

  /// Where the gradient of phi is written.
  func bind(gradient: UnsafeMutablePointer<Scalar>) {
    for (index, start) in starts.enumerated() { program.bind(destination: index, to: gradient + start) }
  }

  /// The loss after a run.
  func run(key: RandomKey) -> Double {
    program.run(key: key)
    return Double(program.output(0)[0])
  }
}
