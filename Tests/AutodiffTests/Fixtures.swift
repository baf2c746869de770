import Autodiff
import Tensors

typealias V = Variable<Double>

/// Numbers of a key, away from the kinks of relu and the like.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Double] {
  Vector<Double>.normal(RandomKey(seed: seed), count: count).array.map { $0 + ($0 < 0 ? -0.05 : 0.05) }
}

/// The values of some variables at a point.
func values(
  _ outputs: [V], at inputs: [(variable: V, values: [Double])] = [], key: RandomKey = RandomKey(seed: 0)
) -> [[Double]] {
  let program = Program(inputs: inputs.map(\.variable), outputs: outputs)
  let vectors = inputs.map { Vector($0.values) }
  for (index, vector) in vectors.enumerated() { program.bind(input: index, to: vector.unsafePointer) }
  return withExtendedLifetime(vectors) {
    program.run(key: key)
    return outputs.indices.map { Array(UnsafeBufferPointer(start: program.output($0), count: outputs[$0].shape.count)) }
  }
}

/// The greatest distance of two arrays.
func distance(_ x: [Double], _ y: [Double]) -> Double {
  zip(x, y).map { ($0 - $1).magnitude }.max() ?? 0
}
