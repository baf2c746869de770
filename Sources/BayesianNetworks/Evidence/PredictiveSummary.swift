import Foundation
public import Probability
public import Tensors

/// The predictive distribution of one point of a regression in a few numbers, in the target's own units: the mixture of
/// N(f_s(x), noise_s^2) over the samples s.
public struct RegressionPrediction: Hashable, Sendable {
  public var mean: Double
  /// Of the mixture: noise, and what the samples differ by.
  public var standardDeviation: Double
  /// What the samples differ by alone: the standard deviation of f_s(x).
  public var epistemicStandardDeviation: Double
  /// In the order in which they were asked for.
  public var quantiles: [Double]
}

/// The predictive distribution of one point of a classification.
public struct ClassPrediction: Hashable, Sendable {
  /// The mean over the samples.
  public var probabilities: [Double]
  /// The class with the greatest probability; of equal ones the first.
  public var predicted: Int
  /// -sum p log p of the mean probabilities, in nats.
  public var entropy: Double
}

/// Sums a predictive distribution up, point by point.
public struct PredictiveSummary: Sendable {
  /// Samples; where there are fewer different ones, all of them.
  public var samples: Int
  public var scaling: TargetScaling
  public var key: RandomKey

  public init(samples: Int, scaling: TargetScaling = .identity, key: RandomKey) {
    precondition(samples >= 1, "a prediction needs at least one posterior sample, got \(samples)")
    self.samples = samples
    self.scaling = scaling
    self.key = key
  }

  /// - Parameters:
  ///   - inputs: Points x inputs, as the network sees them. It has one output.
  ///   - quantiles: Each in (0, 1).
  public func regression<Scalar: DensityScalar>(
    _ predictive: any Predictive<Scalar>, inputs: Matrix<Scalar>, quantiles: [Double] = []
  ) -> [RegressionPrediction] {
    precondition(quantiles.allSatisfy { $0 > 0 && $0 < 1 }, "a quantile lies in (0, 1), got \(quantiles)")
    if let (outputs, noise) = (predictive as? OutputPredictive<Scalar>)?.regression(of: inputs) {
      precondition(outputs.outputs == 1, "a regression with \(outputs.outputs) outputs")
      return (0..<outputs.rows).map { row in
        let variance = outputs.variance(row, 0)
        let scale = (variance + noise * noise).squareRoot()
        var point = summary(NormalMixture(means: [outputs.means[row, 0]], scales: [scale]), quantiles)
        point.epistemicStandardDeviation = variance.squareRoot() * scaling.scale
        return point
      }
    }
    return blocks(predictive, rows: inputs.rows).flatMap { rows in
      let data = Examples(
        inputs: inputs.selecting(rows: Array(rows)),
        targets: .values(Matrix(Vector<Scalar>(count: rows.count), rows: rows.count, columns: 1)))
      var means: [[Double]] = []
      var noises: [Double] = []
      predictive.predict(data, samples: samples, key: key) { _, outputs, noise in
        precondition(outputs.count == rows.count, "a regression with \(outputs.count / rows.count) outputs")
        means.append(outputs)
        noises.append(noise ?? 1)
      }
      return rows.indices.map { row in
        summary(NormalMixture(means: means.map { $0[row - rows.lowerBound] }, scales: noises), quantiles)
      }
    }
  }

  /// - Parameter inputs: Points x inputs, as the network sees them.
  public func classification<Scalar: DensityScalar>(
    _ predictive: any Predictive<Scalar>, inputs: Matrix<Scalar>
  ) -> [ClassPrediction] {
    blocks(predictive, rows: inputs.rows).flatMap { rows in
      let data = Examples(
        inputs: inputs.selecting(rows: Array(rows)), targets: .classes(Array(repeating: 0, count: rows.count)))
      var sums: [Double] = []
      var count = 0
      predictive.predict(data, samples: samples, key: key) { _, outputs, _ in
        if sums.isEmpty { sums = Array(repeating: 0, count: outputs.count) }
        count += 1
        let classes = outputs.count / rows.count
        for start in stride(from: 0, to: outputs.count, by: classes) {
          let normalization = logSumExp(outputs[start..<(start + classes)])
          for i in start..<(start + classes) { sums[i] += exp(outputs[i] - normalization) }
        }
      }
      let classes = sums.count / rows.count
      return (0..<rows.count).map { row in
        let probabilities = sums[(row * classes)..<((row + 1) * classes)].map { $0 / Double(count) }
        let predicted = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
        let entropy = probabilities.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
        return ClassPrediction(probabilities: probabilities, predicted: predicted, entropy: max(0, entropy))
      }
    }
  }

  /// Ranges of rows of which the outputs of all samples fit into some 64 MB.
  private func blocks<Scalar: DensityScalar>(_ predictive: any Predictive<Scalar>, rows: Int) -> [Range<Int>] {
    let size = max(1, 8_388_608 / max(1, predictive.drawn(samples)))
    return stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
  }

  private func summary(_ mixture: NormalMixture, _ quantiles: [Double]) -> RegressionPrediction {
    RegressionPrediction(
      mean: mixture.mean * scaling.scale + scaling.mean,
      standardDeviation: (mixture.varianceOfMeans + mixture.meanOfVariances).squareRoot() * scaling.scale,
      epistemicStandardDeviation: mixture.varianceOfMeans.squareRoot() * scaling.scale,
      quantiles: quantiles.map { mixture.quantile($0) * scaling.scale + scaling.mean })
  }
}

/// Equal parts of N(means[s], scales[s]^2).
struct NormalMixture {
  let means: [Double]
  let scales: [Double]
  let mean: Double
  let varianceOfMeans: Double
  let meanOfVariances: Double

  init(means: [Double], scales: [Double]) {
    let count = Double(means.count)
    let mean = means.reduce(0, +) / count
    (self.means, self.scales, self.mean) = (means, scales, mean)
    varianceOfMeans = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    meanOfVariances = scales.reduce(0) { $0 + $1 * $1 } / count
  }

  /// The x with P(X < x) = p, by Newton's method within a bracket that each step makes smaller.
  func quantile(_ p: Double) -> Double {
    // Beyond 38 standard deviations a normal distribution function is 0 or 1.
    var low = zip(means, scales).reduce(Double.infinity) { min($0, $1.0 - 38 * $1.1) }
    var high = zip(means, scales).reduce(-Double.infinity) { max($0, $1.0 + 38 * $1.1) }
    var x = mean
    for _ in 0..<200 {
      let (value, density) = distribution(x)
      if value < p { low = x } else { high = x }
      var next = x - (value - p) / density
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      if abs(next - x) <= 1e-12 * max(abs(x), scales[0]) { return next }
      x = next
    }
    return x
  }

  /// The distribution function and the density.
  private func distribution(_ x: Double) -> (value: Double, density: Double) {
    var (value, density) = (0.0, 0.0)
    for (mean, scale) in zip(means, scales) {
      let z = (x - mean) / scale
      value += 0.5 * erfc(-z / 2.0.squareRoot())
      density += exp(-0.5 * z * z) / scale
    }
    let count = Double(means.count)
    return (value / count, density / (count * (2 * Double.pi).squareRoot()))
  }
}
