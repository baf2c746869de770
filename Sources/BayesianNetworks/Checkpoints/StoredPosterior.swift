import Probability
import Tensors

/// A posterior that can be written to a `PosteriorFile` and read back, so that every sample is the same bit for bit.
protocol StoredPosterior<Scalar>: Posterior {
  /// As the file names it.
  static var kind: String { get }

  func write(to archive: inout PosteriorWriter<Scalar>)

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError)
}
