import Tensors

/// `layers.0.weights`, `layers.0.biases`, ...
extension PointPosterior: StoredPosterior {
  static var kind: String { "point" }

  func write(to archive: inout PosteriorWriter<Scalar>) { archive.parameters(parameters) }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    self.init(try archive.parameters())
  }
}
