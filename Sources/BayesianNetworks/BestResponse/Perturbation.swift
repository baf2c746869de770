import Autodiff
import Probability
import Tensors

/// Hyperparameters around the current ones, h = location + exp(log scale) z, and their distances from a centre, draws x
/// count each, in one pass: there may be as many of them as weights.
///
/// Its inputs are location, log scale, centre and z.
struct Perturbation<Scalar: DensityScalar>: FusedOperation {
  let draws: Int
  let count: Int

  var shapes: [Shape] { [[draws, count], [draws, count]] }

  func run(_ frame: Frame<Scalar>) {
    withBlocks(2, of: Scalar.self) { memory, block in
      let (scale, unused) = (memory, memory + block)
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        Scalar.exp(frame.input(1) + start, into: scale, count: n)
        for draw in 0..<draws {
          let place = draw * count + start
          Scalar.perturb(
            frame.input(0) + start, by: frame.input(3) + place, times: scale, from: frame.input(2) + start,
            into: frame.isNeeded(0) ? frame.result(0) + place : unused,
            distances: frame.isNeeded(1) ? frame.result(1) + place : unused, count: n)
        }
      }
    }
  }

  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?] {
    let shape: Shape = [draws, count]
    let moved = inputs[0].broadcastToRows(of: shape) + inputs[3] * inputs[1].exp().broadcastToRows(of: shape)
    return [moved, moved - inputs[2].broadcastToRows(of: shape)]
  }
}

extension DensityScalar {
  /// y = x + s z and d = y - c.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  fileprivate static func perturb(
    _ x: UnsafePointer<Self>, by z: UnsafePointer<Self>, times s: UnsafePointer<Self>, from c: UnsafePointer<Self>,
    into y: UnsafeMutablePointer<Self>, distances d: UnsafeMutablePointer<Self>, count: Int
  ) {
    for i in 0..<count {
      let moved = x[i] + s[i] * z[i]
      y[i] = moved
      d[i] = moved - c[i]
    }
  }
}
