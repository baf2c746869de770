/// What a Gaussian process over encoded points has besides its data, on the natural scale.
public struct Hyperparameters: Hashable, Sendable {
  /// One for every feature, in units of the encoded coordinate.
  public var lengthScales: [Double]
  /// omega of `ArcEmbedding`, one for every feature; used by conditional numbers.
  public var inactiveDistances: [Double]
  /// One for every feature, used by numbers; nil: the inputs are not warped.
  public var warps: [KumaraswamyWarp]?
  /// The variance of the latent function.
  public var signalVariance: Double
  /// The variance of one observation around the latent function, besides what is known of it.
  public var noiseVariance: Double
  /// The constant mean of the latent function.
  public var mean: Double

  public init(
    lengthScales: [Double], inactiveDistances: [Double]? = nil, warps: [KumaraswamyWarp]? = nil,
    signalVariance: Double = 1, noiseVariance: Double, mean: Double = 0
  ) {
    self.lengthScales = lengthScales
    self.inactiveDistances = inactiveDistances ?? lengthScales.map { _ in 1 }
    self.warps = warps
    self.signalVariance = signalVariance
    self.noiseVariance = noiseVariance
    self.mean = mean
  }

  /// Whether all are finite and all but the mean positive (the noise may be 0), as a process needs them.
  public var areValid: Bool {
    let shapes = warps?.flatMap { [$0.a, $0.b] } ?? []
    return (lengthScales + inactiveDistances + shapes + [signalVariance]).allSatisfy { $0 > 0 && $0.isFinite }
      && noiseVariance >= 0 && noiseVariance.isFinite && mean.isFinite
  }

  /// Inverse length scales of the features, normalised to sum 1: how strongly each one changes the outcome over its
  /// range, as far as the kernel tells. Without regard to warps.
  public var importance: [Double] {
    let inverses = lengthScales.map { 1 / $0 }
    let total = inverses.reduce(0, +)
    return inverses.map { $0 / total }
  }
}
