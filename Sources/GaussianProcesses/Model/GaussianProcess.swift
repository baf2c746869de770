public import Tensors

/// An exact Gaussian process with fixed hyperparameters, conditioned on data (Rasmussen and Williams 2006, section 2.2):
///
///     y_i = f(x_i) + e_i,   f ~ GP(m, s k),   e_i ~ N(0, known variance_i + learned variance).
///
/// Outcomes are to be large when good, on the standardised scale. A value: conditioning it on more gives another one.
public struct GaussianProcess: Sendable {
  public let hyperparameters: Hyperparameters
  public let outcomes: [Double]
  /// The whole variance of every observation.
  public let observationNoise: [Double]
  let inputs: ConditionedInputs
  /// L^-1 (y - m)
  let whitened: [Double]
  /// K^-1 (y - m), 1 x n.
  let weights: Matrix<Double>

  /// - Throws: `GaussianProcessError`, when a number is not usable, or the covariance has no factor with any jitter.
  public init(
    _ observations: Observations, features: [InputFeature], kernel: StationaryKernel = .matern52,
    hyperparameters: Hyperparameters
  ) throws(GaussianProcessError) {
    guard hyperparameters.areValid else { throw .invalidNumber("a hyperparameter in \(hyperparameters)") }
    let noise = try Self.variances(observations.noise.map { $0 + hyperparameters.noiseVariance })
    self.hyperparameters = hyperparameters
    outcomes = try Self.finite(observations.outcomes)
    observationNoise = noise
    inputs = try ConditionedInputs(
      kernel: kernel, embedding: InputEmbedding(features, hyperparameters),
      signalVariance: hyperparameters.signalVariance, points: observations.points, noise: noise)
    whitened = Self.solve(inputs.factor, outcomes.map { $0 - hyperparameters.mean }, upper: false)
    weights = Matrix(Self.solve(inputs.factor, whitened, upper: true), rows: 1, columns: whitened.count)
  }

  private init(
    extending other: GaussianProcess, inputs: ConditionedInputs, outcomes: [Double], noise: [Double],
    whitened: [Double]
  ) {
    (self.inputs, self.outcomes, observationNoise, self.whitened) = (inputs, outcomes, noise, whitened)
    hyperparameters = other.hyperparameters
    weights = Matrix(Self.solve(inputs.factor, whitened, upper: true), rows: 1, columns: whitened.count)
  }

  /// The number of observations.
  public var count: Int { outcomes.count }
  public var features: [InputFeature] { inputs.embedding.features }
  public var kernel: StationaryKernel { inputs.kernel }
  public var embedding: InputEmbedding { inputs.embedding }
  public var lengthScales: [Double] { hyperparameters.lengthScales }
  public var mean: Double { hyperparameters.mean }
  /// The variance of the latent function before any data.
  public var signalVariance: Double { hyperparameters.signalVariance }
  /// The learned variance of an observation, to which known ones are added.
  public var noiseVariance: Double { hyperparameters.noiseVariance }
  /// The observed points, n x D.
  public var points: Matrix<Double> { inputs.points }

  private var batch: PosteriorBatch { PosteriorBatch(inputs: inputs, mean: mean, weights: weights) }

  /// The process as one of a single set of outcomes.
  public var fantasized: FantasizedProcess { FantasizedProcess(batch: batch) }

  // MARK: Posterior

  /// Means and variances of the latent function at q encoded points (q x D, NaN where a coordinate does not exist).
  public func posterior(at points: Matrix<Double>) -> Posterior {
    let (means, variance) = batch.posterior(at: points)
    return Posterior(mean: means.elements.array, variance: variance)
  }

  /// The means alone, in O(n) a point.
  public func posteriorMean(at points: Matrix<Double>) -> [Double] { batch.means(at: points).elements.array }

  /// Means and variances with their derivatives with respect to the coordinates.
  public func posteriorGradients(at points: Matrix<Double>) -> PosteriorGradients {
    var mean = Array(repeating: 0.0, count: points.rows)
    let (_, meanGradient) = batch.valueAndGradients(at: points) { point, means, _, derivatives in
      mean[point] = means[0]
      derivatives[0] = 1
      return (means[0], 0)
    }
    let (variance, varianceGradient) = batch.valueAndGradients(at: points) { _, _, variance, _ in (variance, 1) }
    return PosteriorGradients(
      mean: mean, variance: variance, meanGradient: meanGradient, varianceGradient: varianceGradient)
  }

  /// Mean (p) and covariance (p x p) of the latent function at p points.
  public func jointPosterior(at points: Matrix<Double>) -> (mean: [Double], covariance: Matrix<Double>) {
    let p = points.rows
    let embedded = embedding.embed(points)
    let whitenedCross = inputs.whitenedCross(embedded: embedded)
    var covariance = Matrix<Double>(rows: p, columns: p)
    let memory = covariance.unsafeMutablePointer()
    withExtendedLifetime(covariance) {
      inputs.conditionalCovariance(embedded: embedded, into: memory, whitened: whitenedCross)
      for i in 0..<p { memory[i * p + i] = max(memory[i * p + i], 0) }
      Double.mirrorLowerTriangle(memory, n: p)
    }
    return (posteriorMean(at: points), covariance)
  }

  // MARK: Conditioning

  /// The process conditioned on p more points, in O(n^2 p), with the same hyperparameters.
  ///
  /// - Parameter noise: The whole variance of every outcome; 0: values of the latent function itself.
  public func conditioned(
    on points: Matrix<Double>, outcomes: [Double], noise: [Double]
  ) throws(GaussianProcessError) -> GaussianProcess {
    precondition(
      points.rows == outcomes.count && noise.count == outcomes.count,
      "\(points.rows) points need as many outcomes and variances")
    let (more, residuals) = try extended(
      at: points, outcomes: Matrix(outcomes, rows: 1, columns: outcomes.count), noise: noise)
    return GaussianProcess(
      extending: self, inputs: more, outcomes: self.outcomes + outcomes, noise: observationNoise + noise,
      whitened: whitened + residuals)
  }

  /// The same for several sets of outcomes at once (s x p): the variance is shared, each set has its own mean.
  public func fantasized(
    at points: Matrix<Double>, outcomes: Matrix<Double>, noise: [Double]
  ) throws(GaussianProcessError) -> FantasizedProcess {
    precondition(
      points.rows == outcomes.columns && noise.count == outcomes.columns,
      "\(points.rows) points need sets of as many outcomes, and variances")
    let (more, residuals) = try extended(at: points, outcomes: outcomes, noise: noise)
    let (sets, n, p) = (outcomes.rows, count, points.rows)
    var rows: [Double] = []
    rows.reserveCapacity(sets * (n + p))
    for set in 0..<sets {
      rows += whitened
      rows += residuals[(set * p)..<((set + 1) * p)]
    }
    var weights = Matrix(rows, rows: sets, columns: n + p)
    let memory = weights.unsafeMutablePointer()
    withExtendedLifetime(weights) { more.factor.solveUpper(rows: sets, memory) }
    return FantasizedProcess(batch: PosteriorBatch(inputs: more, mean: mean, weights: weights))
  }

  /// The inputs with p more points, and the new elements of L^-1 (y - m) for every set of outcomes (s x p).
  private func extended(
    at points: Matrix<Double>, outcomes: Matrix<Double>, noise: [Double]
  ) throws(GaussianProcessError) -> (ConditionedInputs, [Double]) {
    let (n, p, sets) = (count, points.rows, outcomes.rows)
    let variances = try Self.variances(noise)
    let values = try Self.finite(outcomes.elements.array)
    let (more, cross, corner) = try inputs.appending(points, noise: variances)
    var residuals = Matrix(values.map { $0 - mean }, rows: sets, columns: p)
    let memory = residuals.unsafeMutablePointer()
    withExtendedLifetime((residuals, cross, corner)) {
      for point in 0..<p {
        let explained = whitened.withUnsafeBufferPointer { buffer in
          buffer.baseAddress.map { Double.dot(cross.unsafePointer + point * n, $0, count: n) } ?? 0
        }
        for set in 0..<sets { memory[set * p + point] -= explained }
      }
      if p > 0, sets > 0 {
        BLAS.trsm(
          right: true, transpose: true, m: sets, n: p, lower: corner.unsafePointer, ldl: p, memory, ldb: p)
      }
    }
    return (more, residuals.elements.array)
  }

  // MARK: Parts for draws of functions

  /// The E coordinates in which the kernel is stationary: q x D to q x E.
  public func embed(_ points: Matrix<Double>) -> Matrix<Double> { embedding.embed(points) }

  /// The gradient with respect to the D coordinates from that with respect to the embedded ones, both of q points.
  public func pullback(_ embeddedGradients: Matrix<Double>, at points: Matrix<Double>) -> Matrix<Double> {
    embedding.inputPullback(embeddedGradients, at: points)
  }

  /// (K + noise)^-1 B for B of n x m.
  public func solve(_ b: Matrix<Double>) -> Matrix<Double> {
    precondition(b.rows == count, "a right-hand side of \(b.rows) rows does not fit \(count) observations")
    var rows = b.transposed()
    let memory = rows.unsafeMutablePointer()
    withExtendedLifetime(rows) {
      inputs.factor.solveLower(rows: b.columns, memory)
      inputs.factor.solveUpper(rows: b.columns, memory)
    }
    return rows.transposed()
  }

  /// The covariances of the latent function at q points with that at the observed ones, before any data: q x n.
  public func kernelMatrix(_ points: Matrix<Double>) -> Matrix<Double> {
    let embedded = embedding.embed(points)
    return withExtendedLifetime(embedded) {
      inputs.cross(embedded.unsafePointer, rows: points.rows, wantsSlopes: false).values
    }
  }

  /// `count` frequencies over the embedded coordinates; see `StationaryKernel.spectralFrequencies`.
  public func spectralFrequencies(_ count: Int, key: RandomKey) -> Matrix<Double> {
    kernel.spectralFrequencies(count, width: embedding.width, key: key)
  }

  // MARK: Helpers

  private static func solve(_ factor: GrowingFactor, _ b: [Double], upper: Bool) -> [Double] {
    var result = b
    result.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      if upper { factor.solveUpper(rows: 1, base) } else { factor.solveLower(rows: 1, base) }
    }
    return result
  }

  private static func finite(_ values: [Double]) throws(GaussianProcessError) -> [Double] {
    guard let bad = values.first(where: { !$0.isFinite }) else { return values }
    throw .invalidNumber("the outcome \(bad)")
  }

  private static func variances(_ values: [Double]) throws(GaussianProcessError) -> [Double] {
    guard let bad = values.first(where: { !($0 >= 0 && $0.isFinite) }) else { return values }
    throw .invalidNumber("the noise variance \(bad)")
  }
}
