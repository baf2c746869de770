package import Autodiff
import Tensors

extension Variable {
  /// Dropout of which the rate p is a variable: the concrete relaxation (Gal, Hron and Kendall 2017, eq. 5), scaled as
  /// dropout is,
  ///
  ///     x sigmoid((log u - log(1 - u) - logit p) / t) / (1 - p),   u uniform,
  ///
  /// which has derivatives of any order in x and in p. Ordinary dropout has masks that are 0 or 1, with u > p; those of the
  /// same labels are the limit of these at t = 0. Above it some units are between: the fraction that is kept is 1 - p but
  /// for terms of order t^2, and the mask's variance is smaller than p (1 - p) by about the factor 1 - t. The smaller t,
  /// the fewer masks tell anything of the slope in p, and the more it varies.
  ///
  /// - Parameters:
  ///   - logit: The logit of the rate, a scalar.
  ///   - labels: The path of labels of the noise.
  package func droppedOut(logit: Variable, temperature: Double, labels: [Int]) -> Variable {
    let noise = LogisticNoise<Scalar>(labels: labels, shape: shape)()
    let mask = ((noise - logit) * Scalar(1 / temperature)).sigmoid()
    return self * mask * (logit.exp() + 1)
  }
}

/// Draws from the standard logistic distribution, log u - log(1 - u), by the uniform numbers that dropout's masks of the
/// same labels come from.
struct LogisticNoise<Scalar: TensorScalar>: Operation {
  let labels: [Int]
  let shape: Shape

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    let key = NoiseSource(.dropout(rate: 0), labels: labels).key(frame.key)
    Scalar.fillUniform(key, offset: 0, into: frame.result(0), count: shape.count)
    Scalar.logits(frame.result(0), count: shape.count)
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] { [] }
}

extension TensorScalar {
  /// x = log x - log(1 - x). Uniform numbers are multiples of a power of 2, and 0 among them stands for half of the least.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func logits(_ x: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { x[i] = log(max(x[i], ulpOfOne / 4) / (1 - x[i])) }
  }
}
