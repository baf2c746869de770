/// Which iterates of a training are averaged: one every so many epochs, once a fraction of the steps is made.
public struct IterateAveraging: Hashable, Sendable {
  /// The fraction of the steps after which iterates are averaged, in [0, 1).
  public var start: Double
  public var everyEpochs: Int

  public init(start: Double = 0.75, everyEpochs: Int = 1) {
    precondition(start >= 0 && start < 1 && everyEpochs >= 1, "iterates cannot be averaged from \(start) of the steps")
    self.start = start
    self.everyEpochs = everyEpochs
  }

  func times(stepsPerEpoch: Int, steps: Int) -> CollectionTimes {
    CollectionTimes(start: Int(start * Double(steps)), every: everyEpochs * stepsPerEpoch)
  }
}
