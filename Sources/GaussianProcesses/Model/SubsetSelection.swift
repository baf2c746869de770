public import Tensors

/// Chooses m of n observations to stand for all where n is too large for an exact process: a quarter are the best, a
/// quarter the nearest to the best one, so that the model is exact where the optimum is, and the rest lie as far from
/// each other as they can, so that it knows the whole space.
public enum SubsetSelection {
  /// Candidates for the spread part: a random choice of this many times m, where there are more.
  static let poolFactor = 4

  /// - Parameters:
  ///   - embedded: n x E, points in the coordinates in which the distance counts.
  ///   - outcomes: Large when good.
  /// - Returns: Indices in ascending order, at most `count`.
  public static func select(
    _ count: Int, embedded: Matrix<Double>, outcomes: [Double], key: RandomKey
  ) -> [Int] {
    let n = outcomes.count
    precondition(embedded.rows == n, "\(embedded.rows) points do not fit \(n) outcomes")
    guard count < n, count > 0 else { return Array(0..<(count > 0 ? n : 0)) }
    var chosen = Array(repeating: false, count: n)
    // Ties by index, so that equal inputs give equal choices.
    let ranking = outcomes.indices.sorted { (outcomes[$0], $1) > (outcomes[$1], $0) }
    for index in ranking.prefix(max(1, count / 4)) { chosen[index] = true }

    return withExtendedLifetime(embedded) {
      let (z, width) = (embedded.unsafePointer, embedded.columns)
      func squaredDistance(_ a: Int, _ b: Int) -> Double {
        var sum = 0.0
        for c in 0..<width {
          let difference = z[a * width + c] - z[b * width + c]
          sum += difference * difference
        }
        return sum
      }
      let fromBest = outcomes.indices.map { squaredDistance($0, ranking[0]) }
      let near = outcomes.indices.filter { !chosen[$0] }.sorted { (fromBest[$0], $0) < (fromBest[$1], $1) }
      for index in near.prefix(count / 4) { chosen[index] = true }

      var pool = outcomes.indices.filter { !chosen[$0] }
      if pool.count > poolFactor * count {
        key.shuffle(&pool)
        pool.removeSubrange((poolFactor * count)...)
      }
      // Farthest point first (Gonzalez 1985), beginning far from the best.
      var distances = pool.map { fromBest[$0] }
      for _ in 0..<(count - chosen.count { $0 }) {
        guard let place = distances.indices.max(by: { distances[$0] < distances[$1] }) else { break }
        let next = pool[place]
        chosen[next] = true
        distances[place] = -.infinity
        for other in pool.indices where distances[other] > -.infinity {
          distances[other] = min(distances[other], squaredDistance(pool[other], next))
        }
      }
      return outcomes.indices.filter { chosen[$0] }
    }
  }
}
