/// When iterates are collected: after every so many steps, once the training has come far enough.
public struct CollectionTimes: Hashable, Sendable {
  /// Steps before the first iterate may be collected.
  public var start: Int
  /// Steps between two collected iterates.
  public var every: Int

  public init(start: Int, every: Int) {
    precondition(start >= 0 && every >= 1, "iterates cannot be collected after \(start) steps, every \(every) steps")
    self.start = start
    self.every = every
  }

  /// How many of the iterates after the first `number` steps are collected.
  public func collected(after number: Int) -> Int { max(0, number - start) / every }

  func isDue(after number: Int) -> Bool { collected(after: number) > collected(after: number - 1) }
}
