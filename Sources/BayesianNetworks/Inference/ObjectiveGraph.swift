package import Autodiff
package import Probability
import Tensors

/// The loss of a minibatch of a given size as an expression, and where its parameters lie in the flat buffer.
package struct ObjectiveGraph<Scalar: DensityScalar> {
  /// A part of the flat buffer of parameters.
  package struct Leaf {
    package var variable: Variable<Scalar>
    package var start: Int
  }

  /// rows x inputs
  package var inputs: Variable<Scalar>
  package var targets: Variable<Scalar>
  /// The weight of the complexity.
  package var weight = Variable<Scalar>.input([], name: "complexity weight")
  package var leaves: [Leaf] = []
  package var negativeLogLikelihood = Variable<Scalar>.constant(0)
  package var complexity = Variable<Scalar>.constant(0)

  init(_ model: BayesianModel, rows: Int) {
    inputs = .input([rows, model.network.inputs], name: "inputs")
    targets = model.likelihood.targetInput(examples: rows, outputs: model.network.outputs)
  }

  /// An input for a part of the parameters.
  mutating func parameters(_ shape: Shape, start: Int, name: String) -> Variable<Scalar> {
    let variable = Variable<Scalar>.input(shape, name: name)
    leaves.append(Leaf(variable: variable, start: start))
    return variable
  }

  /// An input for the logarithm of the noise, where it is learned.
  mutating func logNoise(_ model: BayesianModel, start: Int) -> Variable<Scalar>? {
    model.likelihood.parameterCount > 0 ? parameters([], start: start, name: "log noise") : nil
  }

  package var loss: Variable<Scalar> { negativeLogLikelihood + weight * complexity }
}

/// An objective that is one expression of its parameters: what derivatives of any order follow from.
package protocol GraphObjective<Scalar>: MinibatchObjective {
  /// The loss of a minibatch of so many rows.
  func graph(rows: Int) -> ObjectiveGraph<Scalar>
}

/// Runs objective graphs and their gradients: a program for each number of rows, in memory that they share.
final class ObjectivePrograms<Scalar: DensityScalar> {
  private struct Entry {
    var rows: Int
    var program: Program<Scalar>
    var starts: [Int]
  }

  private let build: (Int) -> ObjectiveGraph<Scalar>
  private let arena = Arena<Scalar>()
  private var entries: [Entry] = []
  private let weight = Workspace<Scalar>(1)

  init(_ build: @escaping (_ rows: Int) -> ObjectiveGraph<Scalar>) {
    self.build = build
  }

  /// Makes the program for minibatches of a size, so that the first step does not have to.
  func prepare(rows: Int) { _ = entry(rows) }

  private func entry(_ rows: Int) -> Entry {
    if let entry = entries.first(where: { $0.rows == rows }) { return entry }
    let graph = build(rows)
    let leaves = graph.leaves.map(\.variable)
    let program = Program(
      inputs: [graph.inputs, graph.targets, graph.weight] + leaves,
      outputs: [graph.negativeLogLikelihood, graph.complexity],
      destinations: gradient(of: graph.loss, withRespectTo: leaves), arena: arena)
    let entry = Entry(rows: rows, program: program, starts: graph.leaves.map(\.start))
    // Gradients with respect to many layers may have many sizes of minibatches in an evaluation; a training has two.
    if entries.count >= 4 { entries.removeFirst() }
    entries.append(entry)
    return entry
  }

  func evaluate(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, key: RandomKey,
    gradient: UnsafeMutablePointer<Scalar>
  ) -> MinibatchLoss {
    let program = bound(minibatch, parameters: parameters, gradient: gradient)
    program.run(key: key)
    return MinibatchLoss(
      negativeLogLikelihood: Double(program.output(0)[0]), complexity: Double(program.output(1)[0]),
      batchFraction: minibatch.fraction)
  }

  /// The program for a minibatch with everything bound, as a profile wants it.
  func bound(
    _ minibatch: Minibatch<Scalar>, parameters: UnsafePointer<Scalar>, gradient: UnsafeMutablePointer<Scalar>
  ) -> Program<Scalar> {
    let entry = entry(minibatch.rows)
    let program = entry.program
    program.bind(input: 0, to: minibatch.inputs)
    switch minibatch.targets {
    case .values(let values): program.bind(input: 1, to: values)
    case .classes(let classes): program.bind(input: 1, to: classes)
    }
    weight.base[0] = Scalar(minibatch.complexityWeight)
    program.bind(input: 2, to: UnsafePointer(weight.base))
    for (index, start) in entry.starts.enumerated() {
      program.bind(input: 3 + index, to: parameters + start)
      program.bind(destination: index, to: gradient + start)
    }
    return program
  }

  /// Numbers of memory between inputs and outputs.
  var workspaceCount: Int { arena.count }
}
