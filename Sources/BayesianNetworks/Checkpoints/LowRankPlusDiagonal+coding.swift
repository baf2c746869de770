import Tensors

/// `layers.0.weights.mean`, `layers.0.weights.variance`, `deviations.0.layers.0.weights`, ...; the covariance is
/// (diag(variance) + D D' / (K - 1)) / 2.
extension LowRankPlusDiagonal: StoredPosterior {
  static var kind: String { "low-rank-plus-diagonal" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.description.count = deviations.count
    archive.parameters(mean, suffix: ".mean")
    archive.parameters(variance, suffix: ".variance")
    for (index, deviation) in deviations.enumerated() { archive.parameters(deviation, prefix: "deviations.\(index).") }
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    let mean = try archive.parameters(suffix: ".mean")
    let variance = try archive.scales(suffix: ".variance", hasTail: true)
    var deviations: [Vector<Scalar>] = []
    for index in 0..<(try archive.count(atLeast: 2)) {
      deviations.append(try archive.parameters(prefix: "deviations.\(index)."))
    }
    self.init(mean: mean, variance: variance, deviations: deviations)
  }
}
