package import Autodiff
package import Tensors

extension ConcreteDistribution {
  /// A draw as an expression: softmax((logits + Gumbel) / exp(logTemperature)), one number for each of the logits. The
  /// noise follows from the run's key and the labels and is drawn again in the backward pass.
  ///
  /// - Parameters:
  ///   - logits: Any shape; all of it is one choice.
  ///   - logTemperature: A scalar.
  ///   - isHard: A scalar. Above 1/2 the value is the one-hot vector of the largest number, with the derivative of the soft
  ///     one: the straight-through estimator (Jang et al. 2017, section 2.2). nil is the soft one always.
  package static func sample<Scalar: TensorScalar>(
    logits: Variable<Scalar>, logTemperature: Variable<Scalar>, isHard: Variable<Scalar>? = nil, labels: [Int]
  ) -> Variable<Scalar> {
    let count = logits.shape.count
    let row = logits.reshaped([1, count])
    let noisy = row + GumbelNoise<Scalar>(labels: labels, shape: row.shape)()
    let soft = (noisy * (-logTemperature).exp()).softmax()
    guard let isHard else { return soft.reshaped(logits.shape) }
    return StraightThrough<Scalar>(shape: logits.shape)(soft, isHard)
  }
}

/// Standard Gumbel numbers of the run's key and a path of labels.
struct GumbelNoise<Scalar: TensorScalar>: Operation {
  let labels: [Int]
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    let key = NoiseSource(.normal, labels: labels).key(frame.key)
    let out = frame.result(0)
    for i in 0..<shape.count {
      // Never 0 and never 1.
      let uniform = (Double(key.bits(UInt64(i)) &>> 12) + 0.5) * 0x1p-52
      out[i] = Scalar(-Double.log(-Double.log(uniform)))
    }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [] }
}

/// The one-hot vector of the largest number where the second input is above 1/2, and the numbers themselves elsewhere. The
/// derivative is that of the numbers in either case.
struct StraightThrough<Scalar: TensorScalar>: Operation {
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    let (soft, y) = (frame.input(0), frame.result(0))
    guard frame.input(1)[0] > 0.5 else { return Scalar.copy(soft, into: y, count: shape.count) }
    var largest = 0
    for i in 1..<max(1, shape.count) where soft[i] > soft[largest] { largest = i }
    for i in 0..<shape.count { y[i] = i == largest ? 1 : 0 }
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    [cotangents[0].map { $0.reshaped(call.inputs[0].shape) }, nil]
  }
}
