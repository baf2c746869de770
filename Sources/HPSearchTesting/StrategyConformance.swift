package import SearchStrategies
package import StudyModel

/// What every strategy must do, checked on one space.
///
///     #expect(try checkStrategy(on: space) { RandomStrategy(space: space, seed: 1) } == [])
///
/// - Parameters:
///   - trials: The budget of each check.
///   - make: A new strategy, always with the same settings.
/// - Returns: The rules that are broken, with the numbers of the trials; empty if all is well.
package func checkStrategy(
  on space: SearchSpace, trials: Int = 40, make: @escaping () throws -> any SearchStrategy
) throws -> [String] {
  var check = StrategyCheck(space: space, trials: trials, make: make)
  try check.reproducible()
  try check.pureInTheRequest()
  try check.restart()
  try check.droppedSuggestions()
  try check.insideAndDistinct()
  try check.exhaustion()
  if try !make().learns { try check.independentOfWorkers() }
  return check.broken
}

private struct StrategyCheck {
  let space: SearchSpace
  let trials: Int
  let make: () throws -> any SearchStrategy
  var broken: [String] = []

  init(space: SearchSpace, trials: Int, make: @escaping () throws -> any SearchStrategy) {
    self.space = space
    self.trials = trials
    self.make = make
  }

  private func drive(workers: Int, restartAt: Int? = nil, batch: Int = 1, drops: Bool = false) throws -> [Point] {
    var driver = StrategyDriver(space: space, workers: workers, strategy: try make())
    var isRestarted = false
    while driver.asked.count < trials {
      if let restartAt, driver.asked.count >= restartAt, !isRestarted {
        isRestarted = true
        try driver.restart(with: make())
      }
      guard try driver.step(batch: min(batch, trials - driver.asked.count), drops: drops) else { break }
    }
    return driver.asked
  }

  private mutating func expectEqual(_ a: [Point], _ b: [Point], _ rule: String) {
    guard a != b else { return }
    let number = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
    broken.append("\(rule): trial \(number) differs (\(a.count) and \(b.count) trials)")
  }

  mutating func reproducible() throws {
    for workers in [1, 3] {
      let (first, second) = (try drive(workers: workers), try drive(workers: workers))
      expectEqual(first, second, "the same calls give the same suggestions, \(workers) workers")
    }
  }

  mutating func pureInTheRequest() throws {
    var strategy = try make()
    let request = AskRequest(numbers: 0..<min(4, trials), asked: [], pending: [])
    let (first, second) = (try strategy.ask(request), try strategy.ask(request))
    expectEqual(first.map(\.point), second.map(\.point), "asking twice with the same request gives the same")
    if first.contains(where: { $0.note?.isFinite == false }) { broken.append("the numbers of a note are finite") }
    if try !strategy.ask(AskRequest(numbers: 0..<0, asked: [], pending: [])).isEmpty {
      broken.append("an empty request gets no suggestion")
    }
  }

  mutating func restart() throws {
    let whole = try drive(workers: 2)
    for place in [1, trials / 2] {
      expectEqual(whole, try drive(workers: 2, restartAt: place), "a restart after trial \(place) changes nothing")
    }
  }

  mutating func droppedSuggestions() throws {
    expectEqual(
      try drive(workers: 2), try drive(workers: 2, drops: true), "a suggestion that is dropped changes nothing")
  }

  mutating func insideAndDistinct() throws {
    let points = try drive(workers: 3)
    if let outside = points.firstIndex(where: { !space.contains($0) }) {
      broken.append("points lie in the space: trial \(outside) does not")
    }
    var seen: Set<PointKey> = []
    if let twice = points.firstIndex(where: { !seen.insert(space.key(of: $0)).inserted }) {
      broken.append("no point is asked twice: trial \(twice) is")
    }
    if let size = try make().size {
      if points.count != min(size, trials) {
        broken.append("\(points.count) points, of a size of \(size) and a budget of \(trials)")
      }
    } else if points.count < trials {
      broken.append("\(points.count) points of a budget of \(trials), and the strategy knows no size")
    }
  }

  mutating func exhaustion() throws {
    guard let size = try make().size, size <= trials else { return }
    var strategy = try make()
    let all = try strategy.ask(AskRequest(numbers: 0..<(size + 3), asked: [], pending: [])).map(\.point)
    if all.count != size { broken.append("asked for more than the size of \(size), got \(all.count)") }
    let more = try strategy.ask(AskRequest(numbers: all.count..<(all.count + 1), asked: all, pending: []))
    if !more.isEmpty { broken.append("an exhausted space gives no suggestion") }
  }

  mutating func independentOfWorkers() throws {
    let one = try drive(workers: 1)
    expectEqual(one, try drive(workers: 3), "the number of workers does not matter")
    expectEqual(one, try drive(workers: 5, batch: 7), "asking for several at once gives the same as one by one")
  }
}
