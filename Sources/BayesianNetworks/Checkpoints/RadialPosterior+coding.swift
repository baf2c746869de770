import Tensors

/// As of a diagonal Gaussian, and the regions whose weights have a radius together.
extension RadialPosterior: StoredPosterior {
  static var kind: String { "radial" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.description.regions = regions.map { .init(start: $0.lowerBound, end: $0.upperBound) }
    archive.weights(weights.mean, suffix: ".mean")
    archive.weights(scale, suffix: ".scale")
    archive.tail(tail)
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    var end = 0
    var regions: [Range<Int>] = []
    for region in archive.description.regions ?? [] {
      guard region.start == end, region.end > end else { break }
      regions.append(region.start..<region.end)
      end = region.end
    }
    guard end == archive.model.network.parameterCount else {
      throw .badMetadata(
        key: "posterior", reason: "its regions do not cover the \(archive.model.network.parameterCount) weights")
    }
    self.init(
      mean: try archive.weights(suffix: ".mean"), scale: try archive.scales(suffix: ".scale"), regions: regions,
      tail: try archive.tail())
  }
}
