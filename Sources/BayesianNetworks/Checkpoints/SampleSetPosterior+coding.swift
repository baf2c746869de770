import Tensors

/// `samples.0.layers.0.weights`, ...
extension SampleSetPosterior: StoredPosterior {
  static var kind: String { "samples" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.description.count = samples.count
    for (index, sample) in samples.enumerated() { archive.parameters(sample, prefix: "samples.\(index).") }
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    var samples: [Vector<Scalar>] = []
    for index in 0..<(try archive.count(atLeast: 1)) {
      samples.append(try archive.parameters(prefix: "samples.\(index)."))
    }
    self.init(samples)
  }
}
