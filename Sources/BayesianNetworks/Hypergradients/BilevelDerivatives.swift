import Autodiff
import Probability
import Tensors

/// The derivatives of a bilevel problem's losses that hypergradients are made of, as programs in memory that they share.
///
/// Training derivatives are those of l = L / N with the N training examples, so that learning rates mean the same for
/// every number of examples; Q is whole. The same step and key draw the same examples and the same noise, forwards and
/// backwards.
final class BilevelDerivatives<Problem: BilevelProblem> {
  typealias Scalar = Problem.Scalar

  enum Quantity {
    /// l; dl/dw
    case training
    /// l; dl/dh
    case trainingPartial
    /// Q; dQ/dw, dQ/dh
    case validation
    /// H u with H = d2l/dw2
    case hessian
    /// M' u with M = d2l/dw dh: one number for each hyperparameter
    case mixed
    /// H u, M' u
    case products
    /// u' H u; its derivative with respect to h
    case curvaturePartial
  }

  /// Where derivatives are taken.
  struct Point {
    var weights: UnsafePointer<Scalar>
    var hyperparameters: UnsafePointer<Scalar>
    /// u, where a quantity has one.
    var direction: UnsafePointer<Scalar>? = nil
  }

  private struct Entry {
    var quantity: Quantity
    var rows: Int
    var program: Program<Scalar>
    /// Of the destinations.
    var counts: [Int]
  }

  let problem: Problem
  let training: ExampleBatches<Scalar>
  let validation: ExampleBatches<Scalar>
  /// Training examples for products with the Hessian at a fixed point.
  let curvature: ExampleBatches<Scalar>
  let weightCount: Int
  let hyperparameterCount: Int
  private let arena = Arena<Scalar>()
  private var entries: [Entry] = []
  private let trainingKey: RandomKey
  private let validationKey: RandomKey
  /// Results of one block, where there are more.
  private var scratch: [(count: Int, memory: Workspace<Scalar>)] = []

  /// - Parameter batches: Sizes of minibatches; nil for all examples.
  init(_ problem: Problem, batches: BatchSizes, key: RandomKey) throws(HypergradientError) {
    let isUndivided = problem is any UndividedProblem
    try batches.check(isUndivided: isUndivided, training: problem.training.count, validation: problem.validation.count)
    let rows = isUndivided ? nil : batches.rowsAtATime
    self.problem = problem
    (weightCount, hyperparameterCount) = (problem.weightCount, problem.hyperparameterCount)
    training = ExampleBatches(
      problem.training, batchSize: batches.training, rowsAtATime: rows, key: key.folded(0))
    validation = ExampleBatches(
      problem.validation, batchSize: batches.validation, rowsAtATime: rows, key: key.folded(1))
    curvature = ExampleBatches(
      problem.training, batchSize: batches.curvature, rowsAtATime: rows, key: key.folded(2))
    (trainingKey, validationKey) = (key.folded(3), key.folded(4))
  }

  /// Makes the programs, so that the first step does not have to.
  func prepare(_ quantities: [Quantity], curvature isCurvature: Bool = false) {
    for quantity in quantities {
      for rows in batches(quantity, isCurvature).rowCounts.sorted() { _ = entry(quantity, rows: rows) }
    }
  }

  /// Numbers of memory between inputs and outputs.
  var workspaceCount: Int { arena.count + scratch.reduce(0) { $0 + $1.count } }

  /// Computes a quantity.
  ///
  /// - Parameters:
  ///   - step: Names the examples and the noise.
  ///   - isCurvature: Whether training quantities are of the examples for curvatures, not of the training's.
  ///   - first: Written: the quantity's first derivative.
  ///   - second: Written: the second.
  /// - Returns: The value; 0 where the quantity has none.
  @discardableResult
  func evaluate(
    _ quantity: Quantity, at point: Point, step: Int, curvature isCurvature: Bool = false,
    into first: UnsafeMutablePointer<Scalar>, _ second: UnsafeMutablePointer<Scalar>? = nil
  ) -> Double {
    let batches = batches(quantity, isCurvature)
    let key = (quantity == .validation ? validationKey : trainingKey).folded(step)
    var value = 0.0
    batches.forEachBlock(step: step) { block in
      let entry = entry(quantity, rows: block.rows)
      let program = entry.program
      program.bind(input: 0, to: block.inputs)
      switch block.targets {
      case .values(let values): program.bind(input: 1, to: values)
      case .classes(let classes): program.bind(input: 1, to: classes)
      }
      program.bind(input: 2, to: point.weights)
      program.bind(input: 3, to: point.hyperparameters)
      if let direction = point.direction { program.bind(input: 4, to: direction) }
      let isWhole = block.weight == 1
      for (index, count) in entry.counts.enumerated() {
        let target = index == 0 ? first : second!
        program.bind(destination: index, to: isWhole ? target : part(index, count))
      }
      program.run(key: block.index == 0 ? key : key.folded(block.index))
      value += block.weight * Double(program.output(0)[0])
      guard !isWhole else { return }
      for (index, count) in entry.counts.enumerated() {
        let target = index == 0 ? first : second!
        if block.index == 0 { Scalar.fill(target, with: 0, count: count) }
        Scalar.axpy(Scalar(block.weight), UnsafePointer(part(index, count)), target, count: count)
      }
    }
    return value
  }

  private func batches(_ quantity: Quantity, _ isCurvature: Bool) -> ExampleBatches<Scalar> {
    quantity == .validation ? validation : isCurvature ? curvature : training
  }

  private func part(_ index: Int, _ count: Int) -> UnsafeMutablePointer<Scalar> {
    while scratch.count <= index { scratch.append((0, Workspace(0))) }
    if scratch[index].count < count { scratch[index] = (count, Workspace(count)) }
    return scratch[index].memory.base
  }

  private func entry(_ quantity: Quantity, rows: Int) -> Entry {
    if let entry = entries.first(where: { $0.quantity == quantity && $0.rows == rows }) { return entry }
    let isTraining = quantity != .validation
    let examples = ExampleVariables(rows: rows, of: isTraining ? problem.training : problem.validation)
    let w = Variable<Scalar>.input([weightCount], name: "weights")
    let h = Variable<Scalar>.input([hyperparameterCount], name: "hyperparameters")
    let u = Variable<Scalar>.input([weightCount], name: "direction")
    let loss =
      isTraining
      ? problem.trainingLoss(examples, weights: w, hyperparameters: h, noise: [0])
        * Scalar(1 / Double(problem.training.count))
      : problem.validationLoss(examples, weights: w, hyperparameters: h, noise: [0])
    let (value, derivatives) = Self.expressions(quantity, loss: loss, w: w, h: h, u: u)
    let inputs = [examples.inputs, examples.targets, w, h] + (quantity.hasDirection ? [u] : [])
    let program = Program(inputs: inputs, outputs: [value], destinations: derivatives, arena: arena)
    let entry = Entry(quantity: quantity, rows: rows, program: program, counts: derivatives.map(\.shape.count))
    entries.append(entry)
    return entry
  }

  private static func expressions(
    _ quantity: Quantity, loss: Variable<Scalar>, w: Variable<Scalar>, h: Variable<Scalar>, u: Variable<Scalar>
  ) -> (value: Variable<Scalar>, derivatives: [Variable<Scalar>]) {
    /// The derivatives of the inner product of dl/dw with u.
    func products(_ variables: [Variable<Scalar>]) -> [Variable<Scalar>] {
      let first = gradient(of: loss, withRespectTo: [w])[0]
      return zip(variables, pulledBack([(variable: first, cotangent: u)], to: variables)).map { variable, product in
        product ?? .zeros(variable.shape)
      }
    }
    let none = Variable<Scalar>.constant(0)
    switch quantity {
    case .training: return (loss, gradient(of: loss, withRespectTo: [w]))
    case .trainingPartial: return (loss, gradient(of: loss, withRespectTo: [h]))
    case .validation: return (loss, gradient(of: loss, withRespectTo: [w, h]))
    case .hessian: return (none, products([w]))
    case .mixed: return (none, products([h]))
    case .products: return (none, products([w, h]))
    case .curvaturePartial:
      let square = products([w])[0].dot(u)
      return (square, gradient(of: square, withRespectTo: [h]))
    }
  }
}

extension BilevelDerivatives.Quantity {
  var hasDirection: Bool {
    switch self {
    case .training, .trainingPartial, .validation: false
    case .hessian, .mixed, .products, .curvaturePartial: true
    }
  }
}
