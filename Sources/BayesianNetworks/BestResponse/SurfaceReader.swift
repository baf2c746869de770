import Autodiff
import Probability
import Tensors

/// Q of all validation examples at given hyperparameters, for one hypernetwork: in blocks of examples, with programs that
/// are built once.
final class SurfaceReader<Scalar: DensityScalar> {
  private let problem: any BilevelProblem<Scalar>
  private let member: ResponseSurface<Scalar>.Member
  private let key: RandomKey
  private let examples: ExampleMemory<Scalar>
  private let blockRows: Int
  private let location: Workspace<Scalar>
  private let zeros: Workspace<Scalar>
  private let gradient: Workspace<Scalar>
  /// Programs by the rows of a block.
  private var values: [Int: ResponseProgram<Scalar>] = [:]
  private var gradients: [Int: ResponseProgram<Scalar>] = [:]
  private lazy var weightProgram = Self.makeWeightProgram(member.response)
  /// The gradient of the last value that was asked for with one.
  private(set) var lastGradient: [Double]

  init(
    _ problem: any BilevelProblem<Scalar>, _ member: ResponseSurface<Scalar>.Member, blockRows: Int, key: RandomKey
  ) {
    (self.problem, self.member, self.blockRows, self.key) = (problem, member, blockRows, key)
    examples = ExampleMemory(problem.validation)
    let count = problem.hyperparameterCount
    (location, zeros, gradient) = (Workspace(count), Workspace(count), Workspace(count))
    Scalar.fill(zeros.base, with: 0, count: count)
    lastGradient = Array(repeating: 0, count: count)
  }

  /// Q, as the mean of the blocks' estimates by their sizes; with the gradient in `lastGradient` where that is wanted.
  func value(at point: [Double], wantsGradient: Bool) -> Double {
    let count = point.count
    set(point)
    if wantsGradient { for i in 0..<count { lastGradient[i] = 0 } }
    var total = 0.0
    for (index, block) in examples.blocks(of: blockRows).enumerated() {
      let program = program(rows: block.rows, wantsGradient: wantsGradient)
      let share = Double(block.rows) / Double(examples.examples.count)
      withExtendedLifetime(member) {
        program.bind(
          location: UnsafePointer(location.base), logScale: UnsafePointer(zeros.base),
          center: member.center.unsafePointer, noise: UnsafePointer(zeros.base),
          parameters: member.parameters.unsafePointer)
        program.bind(
          examples.inputs(from: block.start), examples.targets(from: block.start),
          inputColumns: examples.inputColumns, targetColumns: examples.targetColumns)
        if wantsGradient { program.program.bind(destination: 0, to: gradient.base) }
        total += share * program.run(key: key.folded(index))
      }
      if wantsGradient { for i in 0..<count { lastGradient[i] += share * Double(gradient.base[i]) } }
    }
    return total
  }

  /// The weights at a point.
  func weights(at point: [Double]) -> Vector<Scalar> {
    set(point)
    var weights = Vector<Scalar>(count: problem.weightCount)
    let target = weights.unsafeMutablePointer()
    withExtendedLifetime(member) {
      weightProgram.bind(input: 0, to: UnsafePointer(location.base))
      weightProgram.bind(input: 1, to: member.center.unsafePointer)
      for (index, start) in member.response.starts.enumerated() {
        weightProgram.bind(input: 2 + index, to: member.parameters.unsafePointer + start)
      }
      weightProgram.run()
      Scalar.copy(weightProgram.output(0), into: target, count: problem.weightCount)
    }
    return weights
  }

  private func set(_ point: [Double]) {
    precondition(
      point.count == problem.hyperparameterCount, "\(point.count) of \(problem.hyperparameterCount) hyperparameters")
    for i in point.indices { location.base[i] = Scalar(point[i]) }
  }

  private func program(rows: Int, wantsGradient: Bool) -> ResponseProgram<Scalar> {
    if let program = wantsGradient ? gradients[rows] : values[rows] { return program }
    let program = ResponseProgram(
      wantsGradient ? .validation(perturbed: false) : .evaluation, problem, member.response, draws: 1, rows: rows,
      sharesExamples: true)
    if wantsGradient { gradients[rows] = program } else { values[rows] = program }
    return program
  }

  private static func makeWeightProgram(_ response: any BestResponse<Scalar>) -> Program<Scalar> {
    let count = response.hyperparameterCount
    let (location, center) = (
      Variable<Scalar>.input([count], name: "location"), Variable<Scalar>.input([count], name: "centre")
    )
    let parts = response.parts.map { Variable<Scalar>.input($0.shape, name: $0.name) }
    let weights = response.weights(distances: (location - center).reshaped([1, count]), parts: parts)
    return Program(inputs: [location, center] + parts, outputs: [weights[0]])
  }
}
