/// What a posterior is, beside its tensors.
struct PosteriorDescription: Codable, Hashable {
  struct Dropout: Codable, Hashable {
    /// Where the weights lie in the flat buffer, how many inputs x outputs they are, and how many inputs are dropped
    /// together.
    var start: Int
    var inputs: Int
    var outputs: Int
    var block: Int
    var rate: Double
  }

  /// What there is to know of Laplace's approximation beside the curvature; see `LaplacePosterior`.
  struct Laplace: Codable, Hashable {
    enum Curvature: String, Codable { case full, diagonal, kronecker }

    var scope: String
    var curvature: Curvature
    /// Of each Kronecker product: the rows over which its factors are sums.
    var rows: [Int]?
    /// One for each uncertain layer; where they are missing, there is a tensor with one for each weight.
    var priorPrecisions: [Double]?
    var logPriorDensity: Double
    /// Of the residuals of a regression, and how many there are.
    var squares: Double?
    var residuals: Int?
    /// Of a classification.
    var logLikelihood: Double?
  }

  /// The generator of an implicit posterior; see `Hypernetwork`.
  struct Generator: Codable, Hashable {
    /// Units of the hidden layers.
    var hidden: [Int]
    /// The dimension of the noise.
    var noise: Int
    var hasInputNoise: Bool
    /// Of the training.
    var dropout: Double
  }

  struct Region: Codable, Hashable {
    var start: Int
    var end: Int
  }

  var kind: String
  /// How many vectors of samples, or of deviations, there are.
  var count: Int?
  var dropout: [Dropout]?
  var regions: [Region]?
  var laplace: Laplace?
  var hypernetwork: Generator?
}
