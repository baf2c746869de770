import Autodiff
import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// An objective's loss with everything that it depends on: what derivatives of any order are checked on.
struct LossGraph {
  let graph: ObjectiveGraph<Double>
  let parameters: [Double]
  let data: Examples<Double>
  let key = RandomKey(seed: 5)
  let weight: Double

  init(
    _ objective: any GraphObjective<Double>, data: Examples<Double>, weight: Double = 0.3, parameters: [Double]? = nil
  ) {
    graph = objective.graph(rows: data.count)
    self.parameters = parameters ?? objective.initialParameters(key: RandomKey(seed: 1)).array
    self.data = data
    self.weight = weight
  }

  var leaves: [Variable<Double>] { graph.leaves.map(\.variable) }

  /// The values of some expressions.
  func values(_ outputs: [Variable<Double>]) -> [[Double]] { LossProgram(self, outputs).values() }

  /// Directions for all leaves.
  func directions(_ seed: UInt64) -> [Variable<Double>] {
    leaves.enumerated().map { index, leaf in
      .constant(
        Vector<Double>.normal(RandomKey(seed: seed).folded(index), count: leaf.shape.count).array, shape: leaf.shape)
    }
  }

  /// All nodes on which some values depend.
  static func nodes(_ values: [Variable<Double>]) -> [Node<Double>] {
    var seen: Set<ObjectIdentifier> = []
    var nodes: [Node<Double>] = []
    var open = values.map(\.node)
    while let node = open.popLast() {
      guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
      nodes.append(node)
      open += node.inputs.map(\.node)
    }
    return nodes
  }
}

/// Some expressions of a loss, made ready to run.
final class LossProgram {
  private let program: Program<Double>
  private let data: Examples<Double>
  private let outputs: [Variable<Double>]
  private let key: RandomKey
  private let weight: Vector<Double>
  var parameters: Vector<Double>
  private let starts: [Int]

  init(_ loss: LossGraph, _ outputs: [Variable<Double>]) {
    let graph = loss.graph
    program = Program(inputs: [graph.inputs, graph.targets, graph.weight] + loss.leaves, outputs: outputs)
    (self.outputs, key, data) = (outputs, loss.key, loss.data)
    weight = Vector([loss.weight])
    parameters = Vector(loss.parameters)
    starts = graph.leaves.map(\.start)
  }

  func values() -> [[Double]] {
    program.bind(input: 0, to: data.inputs.unsafePointer)
    program.bind(input: 2, to: weight.unsafePointer)
    for (index, start) in starts.enumerated() { program.bind(input: 3 + index, to: parameters.unsafePointer + start) }
    var classes: [Int32] = []
    switch data.targets {
    case .values(let values): program.bind(input: 1, to: values.unsafePointer)
    case .classes(let given): classes = given
    }
    return classes.withUnsafeBufferPointer { memory in
      if let base = memory.baseAddress, !memory.isEmpty { program.bind(input: 1, to: base) }
      program.run(key: key)
      return outputs.indices.map {
        Array(UnsafeBufferPointer(start: program.output($0), count: outputs[$0].shape.count))
      }
    }
  }
}

/// Compares an objective's gradient with central differences of the loss, whose noise the key fixes, and its Hessian
/// with its transpose and with differences of the gradient.
func checkDerivatives(
  _ objective: any GraphObjective<Double>, data: Examples<Double>, parameters: [Double]? = nil,
  tolerance: Double = 2e-6,
  _ what: String
) {
  let loss = LossGraph(objective, data: data, parameters: parameters)
  let derivatives = loss.values(gradient(of: loss.graph.loss, withRespectTo: loss.leaves))
  let program = LossProgram(loss, [loss.graph.loss])
  var worst = 0.0
  for (leaf, derivative) in zip(loss.graph.leaves, derivatives) {
    let count = leaf.variable.shape.count
    // Every number of small leaves, some of the others.
    for place in Swift.stride(from: 0, to: count, by: max(1, count / 24)) {
      let center = loss.parameters[leaf.start + place]
      func at(_ shift: Double) -> Double {
        program.parameters[leaf.start + place] = center + shift
        return program.values()[0][0]
      }
      let h = 1e-5 * max(1, abs(center))
      let numeric = (at(h) - at(-h)) / (2 * h)
      program.parameters[leaf.start + place] = center
      worst = max(worst, abs(numeric - derivative[place]) / max(1, abs(numeric)))
    }
  }
  #expect(worst < tolerance, "the gradient of \(what) is off by \(worst)")
  let (u, v) = (loss.directions(21), loss.directions(22))
  let first = hessianVectorProduct(of: loss.graph.loss, withRespectTo: loss.leaves, times: u)
  let second = hessianVectorProduct(of: loss.graph.loss, withRespectTo: loss.leaves, times: v)
  let crossed = loss.values([
    Variable.sum(of: zip(first, v).map { $0.dot($1) }), Variable.sum(of: zip(second, u).map { $0.dot($1) }),
  ])
  let (a, b) = (crossed[0][0], crossed[1][0])
  #expect(a != 0 && abs(a - b) < 1e-9 * max(1, abs(a)), "the Hessian of \(what) is not symmetric: \(a), \(b)")
}

/// Compares every fused operation of a loss, of its gradient and of a Hessian product with its definition: values, and
/// the derivatives of both.
///
/// - Returns: The names of the operations that were met.
func checkFusedOperations(
  _ objective: any GraphObjective<Double>, data: Examples<Double>, _ what: String
) -> Set<String> {
  let loss = LossGraph(objective, data: data)
  let gradients = gradient(of: loss.graph.loss, withRespectTo: loss.leaves)
  var met: Set<String> = []
  var (allKernels, allExpressions, names): ([Variable<Double>], [Variable<Double>], [String]) = ([], [], [])
  for node in LossGraph.nodes([loss.graph.loss] + gradients) {
    guard let operation = node.operation as? any FusedOperation<Double> else { continue }
    let name = String(String(describing: type(of: operation)).prefix { $0 != "<" })
    var (kernel, expression): ([Variable<Double>], [Variable<Double>]) = ([], [])
    // Copies, so that no input depends on another.
    let inputs = node.inputs.map { $0.slice(from: 0, shape: $0.shape) }
    for (result, defined) in zip(operation.results(inputs), operation.definition(inputs)) {
      guard let defined else { continue }
      kernel.append(result)
      expression.append(defined)
      names.append(name)
    }
    allKernels += kernel
    allExpressions += expression
    guard met.insert(name).inserted else { continue }
    // Their derivatives with respect to the parameters, and once more.
    let (first, second) = (loss.values(derivatives(loss, kernel)), loss.values(derivatives(loss, expression)))
    for (x, y) in zip(first, second) { expectEqual(x, y, 1e-8, "\(name), derivatives, \(what)") }
  }
  for (name, (x, y)) in zip(names, zip(loss.values(allKernels), loss.values(allExpressions))) {
    expectEqual(x, y, 1e-10, "\(name), value, \(what)")
  }
  return met
}

/// The gradient of a combination of some results, and a product with its Hessian.
private func derivatives(
  _ loss: LossGraph, _ results: [Variable<Double>]
) -> [Variable<Double>] {
  var scalar = Variable<Double>.constant(0)
  for (index, result) in results.enumerated() {
    let factors = Vector<Double>.normal(RandomKey(seed: 40).folded(index), count: result.shape.count).array
    scalar = scalar + result.dot(.constant(factors, shape: result.shape))
  }
  let first = gradient(of: scalar, withRespectTo: loss.leaves)
  return first + hessianVectorProduct(of: scalar, withRespectTo: loss.leaves, times: loss.directions(23))
}

private func expectEqual(_ x: [Double], _ y: [Double], _ tolerance: Double, _ what: String) {
  let scale = max(1, y.map(\.magnitude).max() ?? 1)
  let worst = zip(x, y).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance * scale, "\(what): off by \(worst) of \(scale)")
  #expect(x.allSatisfy { $0.isFinite }, "\(what)")
}
