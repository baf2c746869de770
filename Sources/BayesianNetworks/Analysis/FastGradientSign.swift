import Foundation
public import Probability
public import Tensors

/// Adversarial examples by the fast gradient sign method (Goodfellow, Shlens and Szegedy 2015, section 4):
///
///     x + epsilon sign(grad_x L(x, y))
///
/// The loss is that of the posterior predictive distribution, L(x, y) = -log (1/S) sum_s p(y | x, w_s), whose gradient is
/// the mean of the samples' gradients weighted with p(y | x, w_s):
///
///     grad_x L = -sum_s r_s grad_x log p(y | x, w_s),    r_s = p(y | x, w_s) / sum_t p(y | x, w_t)
///
/// The samples are gone through one after another with one program, so that memory does not grow with their number: what
/// is kept is a gradient for each example.
public struct FastGradientSign: Sendable {
  /// S, the posterior samples of the loss; where a posterior has fewer different ones, all of them.
  public var samples: Int
  public var key: RandomKey
  /// The inputs of an adversarial example are moved into this range; nil leaves them. In the units in which the network
  /// is trained, as epsilon is.
  public var range: ClosedRange<Double>?
  /// Rows that go through the network at a time, at most.
  public var blockRows = 256

  public init(samples: Int, key: RandomKey, range: ClosedRange<Double>? = 0...1) {
    precondition(samples >= 1, "a predictive distribution needs at least one posterior sample, got \(samples)")
    self.samples = samples
    self.key = key
    self.range = range
  }

  /// The gradient of each point's loss with respect to its inputs, points x inputs.
  public func gradient<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel, data: Examples<Scalar>
  ) -> Matrix<Scalar> {
    let columns = model.network.inputs
    precondition(
      data.inputs.columns == columns && posterior.count == model.parameterCount,
      "data of \(data.inputs.columns) inputs and a posterior over \(posterior.count) numbers do not fit the model")
    let block = ForwardProgram<Scalar>.rows(model.network, atMost: blockRows)
    let program = AdversarialGradient<Scalar>(model)
    var total = Matrix<Scalar>(rows: data.count, columns: columns)
    let base = total.unsafeMutablePointer()
    // Each point's largest likelihood so far, and the sum of all relative to it.
    var largest = Array(repeating: -Double.infinity, count: data.count)
    var sums = Array(repeating: 0.0, count: data.count)
    var weights = Vector<Scalar>(count: posterior.count)
    defer { withExtendedLifetime(weights) {} }
    for sample in 0..<min(samples, posterior.distinctSamples ?? samples) {
      posterior.sample(sample, key: key, into: weights.unsafeMutablePointer())
      data.forEachBlock(rows: block) { inputs, targets, rows in
        let (logLikelihoods, gradient) = program.run(
          inputs: inputs, targets: targets, rows: rows.count, parameters: weights.unsafePointer)
        for (place, row) in rows.enumerated() {
          let value = Double(logLikelihoods[place])
          let sum = base + row * columns
          if value > largest[row] {
            let factor = exp(largest[row] - value)
            Scalar.scale(sum, by: Scalar(factor), count: columns)
            sums[row] *= factor
            largest[row] = value
          }
          let weight = exp(value - largest[row])
          // The loss is the negative log likelihood.
          Scalar.axpy(Scalar(-weight), gradient + place * columns, sum, count: columns)
          sums[row] += weight
        }
      }
    }
    for row in sums.indices { Scalar.scale(base + row * columns, by: Scalar(1 / sums[row]), count: columns) }
    return total
  }

  /// The sign of the loss's derivative with respect to every input, points x inputs: -1, 0 or 1.
  public func directions<Scalar: DensityScalar>(
    of posterior: any Posterior<Scalar>, model: BayesianModel, data: Examples<Scalar>
  ) -> Matrix<Scalar> {
    var result = gradient(of: posterior, model: model, data: data)
    let base = result.unsafeMutablePointer()
    Scalar.signs(base, into: base, count: result.rows * result.columns)
    return result
  }

  /// The examples moved by epsilon in the given directions, with their inputs in the range.
  ///
  /// Directions that were computed for another model give examples of a transferred attack.
  public func examples<Scalar: DensityScalar>(
    _ data: Examples<Scalar>, along directions: Matrix<Scalar>, epsilon: Double
  ) -> Examples<Scalar> {
    precondition(
      directions.rows == data.count && directions.columns == data.inputs.columns,
      "\(directions.rows) x \(directions.columns) directions for \(data.count) x \(data.inputs.columns) inputs")
    var inputs = data.inputs
    let base = inputs.unsafeMutablePointer()
    let count = inputs.rows * inputs.columns
    withExtendedLifetime(directions) { Scalar.axpy(Scalar(epsilon), directions.unsafePointer, base, count: count) }
    if let range { Scalar.clamp(base, from: Scalar(range.lowerBound), to: Scalar(range.upperBound), count: count) }
    return Examples(inputs: inputs, targets: data.targets)
  }
}

extension Examples where Scalar: DensityScalar {
  /// Calls `body` with the examples in blocks of rows: inputs, targets, and which rows they are.
  func forEachBlock(
    rows block: Int, _ body: (UnsafePointer<Scalar>, TargetPointer<Scalar>, Range<Int>) -> Void
  ) {
    for start in stride(from: 0, to: count, by: block) {
      let rows = start..<min(start + block, count)
      let inputs = self.inputs.unsafePointer + start * self.inputs.columns
      switch targets {
      case .values(let matrix): body(inputs, .values(matrix.unsafePointer + start * matrix.columns), rows)
      case .classes(let classes):
        classes.withUnsafeBufferPointer { body(inputs, .classes($0.baseAddress.unsafelyUnwrapped + start), rows) }
      }
    }
    withExtendedLifetime(self) {}
  }
}

extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func signs(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int) {
    for i in 0..<count { y[i] = x[i] > 0 ? 1 : (x[i] < 0 ? -1 : 0) }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func clamp(_ y: UnsafeMutablePointer<Self>, from low: Self, to high: Self, count: Int) {
    for i in 0..<count { y[i] = y[i] < low ? low : (y[i] > high ? high : y[i]) }
  }
}
