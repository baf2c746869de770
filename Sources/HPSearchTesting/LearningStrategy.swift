import Foundation
package import SearchStrategies
package import StudyModel

/// A strategy that learns nothing useful, but from everything it is given: its points are a hash of what it was told,
/// of the trials that are pending, and of its last decision. Whatever is lost, doubled or reordered on the way to it
/// changes every point that follows.
package struct LearningStrategy: SearchStrategy {
  private let space: SearchSpace
  private let seed: UInt64
  private let thinking: Double
  /// The hash of all that was told, in order.
  private var told: UInt64 = 0
  /// The key of the last decision, as a fit would be handed on.
  private var last: UInt64 = 0

  package var learns: Bool { true }
  package var size: Int? { space.cardinality }

  /// - Parameter thinking: how many seconds each suggestion takes.
  package init(space: SearchSpace, seed: Int, thinking: Double = 0) {
    self.space = space
    self.seed = UInt64(bitPattern: Int64(seed))
    self.thinking = thinking
  }

  package mutating func tell(_ completed: [CompletedTrial]) {
    for trial in completed {
      told = Self.mix(told, UInt64(trial.number))
      for (_, value) in trial.metrics.sorted(by: { $0.key < $1.key }) { told = Self.mix(told, value.mean.bitPattern) }
      for run in trial.runs {
        for (_, value) in run.sorted(by: { $0.key < $1.key }) { told = Self.mix(told, value.bitPattern) }
      }
    }
  }

  package mutating func decided(_ decision: Decision) {
    last = UInt64(bitPattern: Int64(decision.note?.object?["key"]?.int ?? 0))
  }

  package func ask(_ request: AskRequest) -> [Suggestion] {
    if thinking > 0 { Thread.sleep(forTimeInterval: thinking) }
    var taken = Set(request.asked.map(space.key))
    var suggestions: [Suggestion] = []
    for number in request.numbers {
      if let cardinality = space.cardinality, taken.count >= cardinality { break }
      var key = [told, last, UInt64(number)].reduce(seed, Self.mix)
      for trial in request.pending { key = Self.mix(key, UInt64(trial.number)) }
      var draw = key
      while true {
        draw = Self.mix(draw, 1)
        let point = space.point(at: (0..<space.count).map { Self.uniform(Self.mix(draw, UInt64($0))) })
        guard taken.insert(space.key(of: point)).inserted else { continue }
        suggestions.append(Suggestion(point: point, note: ["key": .integer(Int(bitPattern: UInt(key)))]))
        break
      }
    }
    return suggestions
  }

  /// The finaliser of MurmurHash3, over both words.
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var z = (a ^ (b &* 0x9e37_79b9_7f4a_7c15)) &+ 0x632b_e59b_d9b4_e019
    z = (z ^ (z >> 33)) &* 0xff51_afd7_ed55_8ccd
    z = (z ^ (z >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return z ^ (z >> 33)
  }

  private static func uniform(_ bits: UInt64) -> Double { (Double(bits >> 11) + 0.5) * 0x1p-53 }
}
