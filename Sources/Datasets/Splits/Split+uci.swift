extension Split {
  /// The splits of the UCI regression benchmark (Hernandez-Lobato and Adams 2015; Gal and Ghahramani 2016): one
  /// Mersenne twister with the seed 1 for all splits of a data set, a permutation for each, and the first
  /// round(0.9 n) rows for training. The order of the rows is that of the permutation.
  ///
  /// - Throws: `DatasetError` when there are too few rows.
  public static func standardUCI(rows: Int, count: Int) throws(DatasetError) -> [Split] {
    let train = Int((0.9 * Double(rows)).rounded(.toNearestOrEven))
    guard train > 0, train < rows else {
      throw DatasetError("\(rows) rows are too few for a split of 90 to 10")
    }
    var generator = MersenneTwister(seed: 1)
    return (0..<count).map { _ in
      let order = generator.permutation(rows)
      return Split(train: Array(order[..<train]), validation: Array(order[train...]))
    }
  }
}
