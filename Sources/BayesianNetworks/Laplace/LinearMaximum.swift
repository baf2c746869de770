public import Probability
public import Tensors

extension BayesianModel {
  /// Numbers of a design matrix, beyond which the exact solution takes too much time and memory.
  private static var largestDesign: Int { 50_000_000 }

  /// The maximum of the joint density of a regression that is linear in all its weights: the posterior's exact mean, in
  /// double precision, where an optimiser's steps only come near it. The noise stays what it is in the parameters.
  ///
  /// - Parameter parameters: Where an optimiser has come to.
  /// - Returns: nil for every other model: hidden layers, several outputs, classes, a prior that is no Gaussian around 0; for
  ///   data that is too large; and where the solution has no digits.
  public func linearMaximum<Scalar: DensityScalar>(
    near parameters: Vector<Scalar>, data: Examples<Scalar>
  ) -> Vector<Scalar>? {
    let (rows, inputs) = (data.count, network.inputs)
    guard network.affineLayers.count == 1, network.affineLayers[0].convolution == nil,
      network.affineLayers[0].activation == nil, network.outputs == 1, network.parameterCount == inputs + 1,
      let prior = GaussianWeightScales(prior, count: inputs + 1), case .values(let targets) = data.targets,
      let noise = noise(of: parameters), noise > 0, noise.isFinite, inputs < 2000,
      rows * (inputs + 1) <= Self.largestDesign
    else { return nil }
    var features = Matrix<Double>(rows: rows, columns: inputs + 1)
    let design = features.unsafeMutablePointer()
    withExtendedLifetime(data) {
      for row in 0..<rows {
        let start = row * (inputs + 1)
        Scalar.widen(data.inputs.unsafePointer + row * inputs, into: design + start, count: inputs)
        // The bias is the last parameter.
        design[start + inputs] = 1
        for column in 0...inputs { design[start + column] *= prior.scales[column] }
      }
    }
    let linear = try? BayesianLinearModel(
      features: features, targets: targets.elements.doubles, priorPrecision: prior.precision,
      noisePrecision: 1 / (noise * noise))
    guard let linear else { return nil }
    let weights = zip(linear.mean.array, prior.scales).map { Scalar($0 * $1) }
    guard weights.allSatisfy(\.isFinite) else { return nil }
    var result = parameters
    for i in 0...inputs { result[i] = weights[i] }
    return result
  }
}
