import StudyModel

/// Says how far the scores of a run are: a line about once a second.
struct ScoringProgress {
  private static let interval = Duration.seconds(1)

  private var last: ContinuousClock.Instant?

  mutating func evaluated(_ done: Int, of all: Int, to context: any RunContext) {
    let now = ContinuousClock.now
    guard let last else {
      last = now
      return
    }
    guard now - last >= Self.interval, done < all else { return }
    self.last = now
    context.log(.info, "scores: \(done) of \(all) passes over the data")
  }
}
