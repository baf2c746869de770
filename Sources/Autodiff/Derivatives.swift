public import Tensors

/// The derivative of some values in a direction: the Jacobian times a vector.
///
/// The pullback is linear in its cotangent, and the pullback of that linear function is the Jacobian itself: no rules for
/// a forward mode are needed.
///
/// - Parameter directions: One for each variable, of its shape.
public func directionalDerivatives<Scalar: TensorScalar>(
  of values: [Variable<Scalar>], withRespectTo variables: [Variable<Scalar>], along directions: [Variable<Scalar>]
) -> [Variable<Scalar>] {
  precondition(variables.count == directions.count, "\(directions.count) directions for \(variables.count) variables")
  let cotangents = values.map { Variable<Scalar>.input($0.shape, name: "cotangent") }
  let pulled = pulledBack(zip(values, cotangents).map { ($0, $1) }, to: variables)
  var seeds: [(variable: Variable<Scalar>, cotangent: Variable<Scalar>)] = []
  for (part, direction) in zip(pulled, directions) {
    if let part { seeds.append((part, direction)) }
  }
  return zip(values, pulledBack(seeds, to: cotangents)).map { value, derivative in
    derivative ?? .zeros(value.shape)
  }
}

/// The Hessian of a scalar times a vector, exactly: the gradient of the inner product of the gradient with the vector
/// (Pearlmutter 1994).
public func hessianVectorProduct<Scalar: TensorScalar>(
  of value: Variable<Scalar>, withRespectTo variables: [Variable<Scalar>], times vectors: [Variable<Scalar>]
) -> [Variable<Scalar>] {
  precondition(variables.count == vectors.count, "\(vectors.count) vectors for \(variables.count) variables")
  let first = gradient(of: value, withRespectTo: variables)
  let seeds = zip(first, vectors).map { (variable: $0, cotangent: $1) }
  return zip(variables, pulledBack(seeds, to: variables)).map { variable, product in
    product ?? .zeros(variable.shape)
  }
}
