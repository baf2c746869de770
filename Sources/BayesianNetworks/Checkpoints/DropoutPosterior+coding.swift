import Tensors

/// `layers.0.weights`, ..., as they were trained; the description says which of them are dropped, and at what rate.
extension DropoutPosterior: StoredPosterior {
  static var kind: String { "dropout" }

  func write(to archive: inout PosteriorWriter<Scalar>) {
    archive.description.dropout = regions.map {
      .init(start: $0.start, inputs: $0.inputs, outputs: $0.outputs, block: $0.block, rate: $0.rate)
    }
    archive.parameters(parameters)
  }

  init(from archive: inout PosteriorReader<Scalar>) throws(CheckpointError) {
    let count = archive.model.network.parameterCount
    var regions: [DropoutRegion] = []
    for region in archive.description.dropout ?? [] {
      // Each bound by itself: the product of damaged numbers need not be an integer.
      guard region.start >= 0, region.start <= count, region.inputs >= 1, region.inputs <= count, region.outputs >= 1,
        region.outputs <= (count - region.start) / region.inputs, region.block >= 1, region.inputs % region.block == 0,
        region.rate >= 0, region.rate < 1
      else { throw .badMetadata(key: "posterior", reason: "a dropout region lies outside of the \(count) weights") }
      regions.append(
        DropoutRegion(
          start: region.start, inputs: region.inputs, outputs: region.outputs, block: region.block, rate: region.rate))
    }
    self.init(try archive.parameters(), regions: regions)
  }
}
