package import StudyModel

/// The values of one categorical dimension, by the best trial that each has.
package struct CategoryRanking: Hashable, Sendable {
  package struct Category: Hashable, Sendable {
    package let value: JSONValue
    /// Number of trials that are done and have the value.
    package let count: Int
    package let best: Standing
    /// Over the means of those trials.
    package let trials: Aggregate
  }

  /// Name of the dimension, for example `inference.prior.kind`.
  package let dimension: String
  /// The category of the best trial first.
  package let categories: [Category]

  package init(of ranking: Ranking, dimension: String) {
    self.dimension = dimension
    var order: [JSONValue] = []
    var members: [JSONValue: [Standing]] = [:]
    for standing in ranking.standings {
      guard let value = standing.trial.point[dimension] else { continue }
      if members[value] == nil { order.append(value) }
      members[value, default: []].append(standing)
    }
    categories = order.compactMap { value in
      guard let standings = members[value], let best = standings.first else { return nil }
      let means = standings.sorted { $0.trial.number < $1.trial.number }.map(\.value.mean)
      return Category(value: value, count: standings.count, best: best, trials: Aggregate(of: means))
    }
  }
}
