import Probability
import Tensors

/// Activations sampled for each example (Kingma, Salimans and Welling 2015, section 2.2):
///
///     a = x mu + b_mu + sqrt(x^2 sigma^2 + b_sigma^2 + floor) zeta
///
/// The floor keeps the derivative of the root finite. All samples go through a layer as one matrix, sample after sample;
/// in the first layer they share the mean and the variance, which are computed once.
final class LocalReparameterizationEstimator<Scalar: DensityScalar>: GradientEstimator {
  private let model: BayesianModel
  private let rows: Int
  private let samples: Int
  private let layers: [Room]
  /// sigma^2, and later the gradient with respect to it.
  private let variances: Workspace<Scalar>
  private let varianceGradient: Workspace<Scalar>
  private let deltas: (Workspace<Scalar>, Workspace<Scalar>)
  private let varianceDelta: Workspace<Scalar>
  private let scratch: Workspace<Scalar>
  private let floor: Scalar = 1e-16

  /// What the forward pass leaves for the backward pass, for one layer.
  private struct Room {
    var squaredInputs: Workspace<Scalar>
    var mean: Workspace<Scalar>
    var variance: Workspace<Scalar>
    var noise: Workspace<Scalar>
    var output: Workspace<Scalar>
  }

  init(_ model: BayesianModel, _ method: BayesByBackprop, maximumRows: Int) {
    self.model = model
    rows = maximumRows
    samples = method.samples
    let all = rows * samples
    let network = model.network
    layers = network.layers.enumerated().map { index, layer in
      let own = index == 0 ? maximumRows : all
      return Room(
        squaredInputs: Workspace(own * layer.inputs), mean: Workspace(own * layer.outputs),
        variance: Workspace(own * layer.outputs), noise: Workspace(all * layer.outputs),
        output: Workspace(all * layer.outputs))
    }
    variances = Workspace(network.parameterCount)
    varianceGradient = Workspace(network.parameterCount)
    let widest = all * network.layers.reduce(0) { max($0, $1.outputs) }
    deltas = (Workspace(widest), Workspace(widest))
    varianceDelta = Workspace(widest)
    scratch = Workspace(widest)
  }

  var samplesWeights: Bool { false }

  func run(_ step: EstimatorStep<Scalar>) -> EstimatorResult {
    let count = model.network.parameterCount
    Scalar.square(step.posterior.scale, into: variances.base, count: count)
    let outputs = forward(step)
    let result = likelihood(step, outputs: outputs)
    backward(step)
    // From sigma^2 to sigma.
    Scalar.fill(step.scaleGradient, with: 0, count: count)
    Scalar.multiplyAdd(2, step.posterior.scale, varianceGradient.base, step.scaleGradient, count: count)
    return result
  }

  private func forward(_ step: EstimatorStep<Scalar>) -> UnsafePointer<Scalar> {
    var x = step.inputs
    for (index, layer) in model.network.layers.enumerated() {
      let room = layers[index]
      let own = index == 0 ? step.rows : step.rows * step.samples
      Scalar.square(x, into: room.squaredInputs.base, count: own * layer.inputs)
      affine(x, step.posterior.mean, layer, rows: own, into: room.mean.base)
      affine(room.squaredInputs.base, variances.base, layer, rows: own, into: room.variance.base)
      let size = step.rows * layer.outputs
      for sample in 0..<step.samples {
        let start = sample * size
        let shared = index == 0 ? 0 : start
        Scalar.fillNormal(
          step.key.folded(sample).folded(index), offset: 0, into: room.noise.base + start, count: size)
        Scalar.reparameterize(
          mean: room.mean.base + shared, variance: room.variance.base + shared, floor: floor,
          noise: room.noise.base + start, into: room.output.base + start, count: size)
      }
      if index < layers.count - 1 { model.network.activation.apply(room.output.base, count: size * step.samples) }
      x = UnsafePointer(room.output.base)
    }
    return x
  }

  /// y = x W + b
  private func affine(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, _ layer: DenseLayer, rows: Int,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.setRows(weights + layer.biases, of: y, rows: rows, columns: layer.outputs)
    Scalar.gemm(
      transposeA: false, transposeB: false, m: rows, n: layer.outputs, k: layer.inputs,
      alpha: 1, x, lda: layer.inputs, weights + layer.start, ldb: layer.outputs, beta: 1, y, ldc: layer.outputs)
  }

  private func likelihood(_ step: EstimatorStep<Scalar>, outputs: UnsafePointer<Scalar>) -> EstimatorResult {
    var result = EstimatorResult()
    let share = 1 / Double(step.samples)
    let columns = model.network.outputs
    for sample in 0..<step.samples {
      let start = sample * step.rows * columns
      let (value, logNoiseDerivative) = model.likelihood.negativeLogLikelihood(
        outputs: outputs + start, targets: step.targets, rows: step.rows, columns: columns, noise: step.noise,
        gradient: deltas.0.base + start, weight: share)
      result.value += share * value
      result.logNoiseDerivative += share * logNoiseDerivative
    }
    return result
  }

  private func backward(_ step: EstimatorStep<Scalar>) {
    var (delta, next) = (deltas.0.base, deltas.1.base)
    for index in layers.indices.reversed() {
      let layer = model.network.layers[index]
      let room = layers[index]
      let size = step.rows * layer.outputs
      let shared = index == 0
      for sample in 0..<step.samples {
        let start = sample * size
        Scalar.reparameterizeVarianceGradient(
          delta + start, variance: room.variance.base + (shared ? 0 : start), floor: floor,
          noise: room.noise.base + start, into: varianceDelta.base + start, count: size)
        if shared && sample > 0 {
          Scalar.axpy(1, delta + start, delta, count: size)
          Scalar.axpy(1, varianceDelta.base + start, varianceDelta.base, count: size)
        }
      }
      let own = shared ? step.rows : step.rows * step.samples
      let x = shared ? step.inputs : UnsafePointer(layers[index - 1].output.base)
      weightGradient(x, delta, layer, rows: own, into: step.meanGradient)
      weightGradient(room.squaredInputs.base, varianceDelta.base, layer, rows: own, into: varianceGradient.base)
      guard index > 0 else { break }
      inputGradient(delta, step.posterior.mean, layer, rows: own, into: next)
      inputGradient(varianceDelta.base, variances.base, layer, rows: own, into: scratch.base)
      Scalar.multiplyAdd(2, x, scratch.base, next, count: own * layer.inputs)
      model.network.activation.pullBack(output: x, next, count: own * layer.inputs)
      swap(&delta, &next)
    }
  }

  /// gradient = x' delta, and the column sums of delta for the biases.
  private func weightGradient(
    _ x: UnsafePointer<Scalar>, _ delta: UnsafePointer<Scalar>, _ layer: DenseLayer, rows: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemm(
      transposeA: true, transposeB: false, m: layer.inputs, n: layer.outputs, k: rows,
      alpha: 1, x, lda: layer.inputs, delta, ldb: layer.outputs, beta: 0, gradient + layer.start, ldc: layer.outputs)
    Scalar.columnSums(delta, rows: rows, columns: layer.outputs, into: gradient + layer.biases)
  }

  /// gradient = delta W'
  private func inputGradient(
    _ delta: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, _ layer: DenseLayer, rows: Int,
    into gradient: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemm(
      transposeA: false, transposeB: true, m: rows, n: layer.inputs, k: layer.outputs,
      alpha: 1, delta, lda: layer.outputs, weights + layer.start, ldb: layer.outputs, beta: 0, gradient,
      ldc: layer.inputs)
  }
}
