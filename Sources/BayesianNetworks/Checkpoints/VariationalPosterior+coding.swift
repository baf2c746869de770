import Tensors

/// `layers.0.weights.mean` and `layers.0.weights.scale`, the standard deviations, ...
extension VariationalPosterior: StoredPosterior {
  static var kind: String { "diagonal-gaussian" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.weights(weights.mean, suffix: ".mean")
    archive.weights(scale, suffix: ".scale")
    archive.tail(tail)
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    self.init(
      mean: try archive.weights(suffix: ".mean"), scale: try archive.scales(suffix: ".scale"), tail: try archive.tail())
  }
}
