public import Tensors

/// How far the derivatives of an expression are from central differences, in double precision.
///
/// Every operation that has a derivative of its own is to pass this check, and a second one of its gradient.
public struct GradientCheck {
  /// The distance of the points of a difference.
  public var step = 1e-5
  public var key = RandomKey(seed: 0)

  public init() {}

  /// The largest difference between the derivatives and central differences, relative to the largest derivative or 1.
  ///
  /// - Parameters:
  ///   - value: A scalar.
  ///   - variables: Inputs on which it depends, and the point at which it is checked.
  ///   - others: Inputs that are not differentiated (indices as the bits of 32-bit integers are not among them).
  public func error(
    of value: Variable<Double>, at variables: [(variable: Variable<Double>, values: [Double])],
    others: [(variable: Variable<Double>, values: [Double])] = []
  ) -> Double {
    let inputs = (variables + others).map(\.variable)
    let gradients = gradient(of: value, withRespectTo: variables.map(\.variable))
    let program = Program(inputs: inputs, outputs: [value] + gradients)
    let memory = (variables + others).map { $0.values.isEmpty ? [0] : $0.values }
    var vectors = memory.map { Vector($0) }
    for index in vectors.indices {
      program.bind(input: index, to: UnsafePointer(vectors[index].unsafeMutablePointer()))
    }
    program.run(key: key)
    let derivatives = variables.indices.map { index in
      Array(UnsafeBufferPointer(start: program.output(index + 1), count: variables[index].values.count))
    }
    let scale = max(1, derivatives.joined().map(\.magnitude).max() ?? 1)
    var worst = 0.0
    for (index, input) in variables.enumerated() {
      for place in input.values.indices {
        func shifted(_ by: Double) -> Double {
          vectors[index].unsafeMutablePointer()[place] = input.values[place] + by
          program.run(key: key)
          return program.output(0)[0]
        }
        let difference = (shifted(step) - shifted(-step)) / (2 * step)
        vectors[index].unsafeMutablePointer()[place] = input.values[place]
        worst = max(worst, (difference - derivatives[index][place]).magnitude / scale)
      }
    }
    return worst
  }
}
