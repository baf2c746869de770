public import Tensors

/// The gradient of a scalar with respect to some variables, as variables. Zero where the scalar does not depend on one.
///
/// Reverse accumulation: each operation's pullback is applied once, in the reverse order of their making.
public func gradient<Scalar: TensorScalar>(
  of value: Variable<Scalar>, withRespectTo variables: [Variable<Scalar>]
) -> [Variable<Scalar>] {
  precondition(value.shape.count == 1, "the gradient of an array of the shape \(value.shape) is not defined")
  let one = value.shape == .scalar ? Variable<Scalar>.constant(1) : .filled(.constant(1), shape: value.shape)
  return zip(variables, pulledBack([(value, one)], to: variables)).map { variable, gradient in
    gradient ?? .zeros(variable.shape)
  }
}

/// The product of cotangents with the Jacobian, summed over the pairs: nil where nothing flows back.
package func pulledBack<Scalar: TensorScalar>(
  _ seeds: [(variable: Variable<Scalar>, cotangent: Variable<Scalar>)], to variables: [Variable<Scalar>]
) -> [Variable<Scalar>?] {
  let order = dependents(of: variables, among: seeds.map(\.variable))
  let sought = Set(variables)
  var contributions: [Variable<Scalar>: [Variable<Scalar>]] = [:]
  for (variable, cotangent) in seeds {
    precondition(
      variable.shape.count == cotangent.shape.count,
      "a cotangent of the shape \(cotangent.shape) does not fit a variable of the shape \(variable.shape)")
    contributions[variable, default: []].append(cotangent)
  }
  var found: [Variable<Scalar>: Variable<Scalar>] = [:]
  func take(_ variable: Variable<Scalar>) -> Variable<Scalar>? {
    guard let parts = contributions.removeValue(forKey: variable) else { return nil }
    return Variable.sum(of: parts)
  }
  for node in order.reversed() {
    let results = node.shapes.indices.map { Variable(node: node, result: $0) }
    let cotangents = results.map { take($0) }
    for (result, cotangent) in zip(results, cotangents) where sought.contains(result) { found[result] = cotangent }
    guard !node.inputs.isEmpty, cotangents.contains(where: { $0 != nil }) else { continue }
    let flowing = node.operation.pullBack(Call(node), cotangents)
    for (input, cotangent) in zip(node.inputs, flowing) {
      guard let cotangent else { continue }
      precondition(
        cotangent.shape.count == input.shape.count,
        "\(type(of: node.operation)) gives a cotangent of \(cotangent.shape) for an input of \(input.shape)")
      contributions[input, default: []].append(cotangent)
    }
  }
  return variables.map { found[$0] ?? take($0) }
}

/// The nodes that depend on the variables and on which the values depend, in the order of their making.
private func dependents<Scalar: TensorScalar>(
  of variables: [Variable<Scalar>], among values: [Variable<Scalar>]
) -> [Node<Scalar>] {
  var nodes: [ObjectIdentifier: Node<Scalar>] = [:]
  var open = values.map(\.node)
  while let node = open.popLast() {
    guard nodes.updateValue(node, forKey: ObjectIdentifier(node)) == nil else { continue }
    open.append(contentsOf: node.inputs.map(\.node))
  }
  var depends: Set<ObjectIdentifier> = Set(variables.map { ObjectIdentifier($0.node) })
  var order: [Node<Scalar>] = []
  for node in nodes.values.sorted(by: { $0.number < $1.number }) {
    let identifier = ObjectIdentifier(node)
    if node.inputs.contains(where: { depends.contains(ObjectIdentifier($0.node)) }) { depends.insert(identifier) }
    if depends.contains(identifier) { order.append(node) }
  }
  return order
}
