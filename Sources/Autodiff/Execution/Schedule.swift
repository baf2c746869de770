import Tensors

/// The nodes of a program in the order in which they run.
struct Schedule<Scalar: TensorScalar> {
  private(set) var order: [Node<Scalar>] = []
  private var substitutions: [Variable<Scalar>: Substitution] = [:]

  /// A later result that equals an earlier one, and the nodes that cannot wait for it.
  private struct Substitution {
    var replacement: Variable<Scalar>
    var ancestors: Set<ObjectIdentifier>
  }

  init(_ outputs: [Variable<Scalar>]) {
    for node in Self.reachable(outputs, { $0.inputs }) {
      for (result, original) in node.equivalents {
        let ancestors = Self.reachable([Variable(node: node, result: result)]) { $0.inputs }
        substitutions[original] = Substitution(
          replacement: Variable(node: node, result: result), ancestors: Set(ancestors.map { ObjectIdentifier($0) }))
      }
    }
    let roots = outputs.map { resolved($0, for: nil) }
    order = sorted(Self.reachable(roots) { inputs(of: $0) })
  }

  /// What a node reads.
  func inputs(of node: Node<Scalar>) -> [Variable<Scalar>] {
    substitutions.isEmpty ? node.inputs : node.inputs.map { resolved($0, for: node) }
  }

  func resolved(_ variable: Variable<Scalar>, for node: Node<Scalar>?) -> Variable<Scalar> {
    guard let substitution = substitutions[variable] else { return variable }
    if let node, substitution.ancestors.contains(ObjectIdentifier(node)) { return variable }
    return substitution.replacement
  }

  private static func reachable(
    _ outputs: [Variable<Scalar>], _ inputs: (Node<Scalar>) -> [Variable<Scalar>]
  ) -> [Node<Scalar>] {
    var seen: Set<ObjectIdentifier> = []
    var nodes: [Node<Scalar>] = []
    var open = outputs.map(\.node)
    while let node = open.popLast() {
      guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
      nodes.append(node)
      open.append(contentsOf: inputs(node).map(\.node))
    }
    return nodes.sorted { $0.number < $1.number }
  }

  /// Inputs before those who read them; otherwise in the order of their making.
  private func sorted(_ nodes: [Node<Scalar>]) -> [Node<Scalar>] {
    var done: Set<ObjectIdentifier> = []
    var result: [Node<Scalar>] = []
    result.reserveCapacity(nodes.count)
    for root in nodes {
      var stack: [(node: Node<Scalar>, isExpanded: Bool)] = [(root, false)]
      while let (node, isExpanded) = stack.popLast() {
        if done.contains(ObjectIdentifier(node)) { continue }
        if isExpanded {
          done.insert(ObjectIdentifier(node))
          result.append(node)
        } else {
          stack.append((node, true))
          for input in inputs(of: node).reversed() where !done.contains(ObjectIdentifier(input.node)) {
            stack.append((input.node, false))
          }
        }
      }
    }
    return result
  }
}
