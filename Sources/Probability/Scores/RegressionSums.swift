/// What the scores of a regression keep of the posterior samples. It does not grow with their number.
struct RegressionSums: SampleSums {
  private(set) var samples = 0
  /// The mean of the outputs, and the sum of their squared differences from it.
  private(set) var mean: [Double]
  private(set) var squares: [Double]
  /// The mean of noise_s^2.
  private(set) var noiseVariance = 0.0
  /// log sum_s p(y_i | x_i, w_s) of each point.
  private(set) var logLikelihood: [RunningLogSumExp]
  /// The sum of the distribution functions at the targets.
  private(set) var cumulative: [Double]

  init(targets: Int, outputs: Int) {
    mean = Array(repeating: 0, count: targets)
    squares = mean
    cumulative = mean
    logLikelihood = Array(repeating: RunningLogSumExp(), count: targets / outputs)
  }

  /// Of a closed form: nothing is sampled.
  init(means: [Double], variances: [Double], noiseVariance: Double, logDensities: [Double], cumulative: [Double]) {
    samples = 1
    (mean, squares, self.noiseVariance, self.cumulative) = (means, variances, noiseVariance, cumulative)
    logLikelihood = logDensities.map { density in
      var sum = RunningLogSumExp()
      sum.add(density)
      return sum
    }
  }

  /// Adds a sample.
  ///
  /// - Parameters:
  ///   - logDensities: log p(y_i | x_i, w_s) of each point.
  ///   - values: The distribution function at each target.
  mutating func add(_ predictions: [Double], noise: Double, logDensities: [Double], cumulative values: [Double]) {
    samples += 1
    let n = Double(samples)
    noiseVariance += (noise * noise - noiseVariance) / n
    mean.withUnsafeMutableBufferPointer { mean in
      squares.withUnsafeMutableBufferPointer { squares in
        predictions.withUnsafeBufferPointer { predictions in
          for i in 0..<mean.count {
            let difference = predictions[i] - mean[i]
            mean[i] += difference / n
            squares[i] += difference * (predictions[i] - mean[i])
          }
        }
      }
    }
    cumulative.add(values)
    for point in logLikelihood.indices { logLikelihood[point].add(logDensities[point]) }
  }

  /// Means and squares as in Chan, Golub and LeVeque 1983.
  mutating func join(_ other: Self) {
    guard other.samples > 0 else { return }
    let (a, b) = (Double(samples), Double(other.samples))
    let (part, product) = (b / (a + b), a * b / (a + b))
    samples += other.samples
    noiseVariance += (other.noiseVariance - noiseVariance) * part
    for i in mean.indices {
      let difference = other.mean[i] - mean[i]
      mean[i] += difference * part
      squares[i] += other.squares[i] + difference * difference * product
    }
    cumulative.add(other.cumulative)
    for point in logLikelihood.indices { logLikelihood[point].add(other.logLikelihood[point].value) }
  }
}
