public import Tensors

/// Maximises an acquisition function over encoded points: candidates first, then local searches in step with each other
/// from the best of them. Continuous coordinates move together by bounded L-BFGS in units of their length scales,
/// discrete ones one at a time, in turn until neither helps. Equal arguments give equal bits.
public struct AcquisitionOptimizer: Sendable {
  public let features: [InputFeature]
  /// One for every feature, in units of the encoded coordinate: a step of one length scale changes the outcome alike in
  /// every coordinate.
  public let lengthScales: [Double]
  /// Features that decide which others exist. They vary through the candidates alone.
  public let isStructural: [Bool]

  /// The number of local searches.
  public var starts = 8
  /// The largest number of evaluations in a continuous phase of a search.
  public var rounds = 50
  /// How often the continuous and the discrete phase take turns.
  public var alternations = 4
  /// Numbers of up to this many cells are tried at every cell. Larger ones are moved as if they were continuous first,
  /// then by 1, 2, 4 ... cells.
  public var exhaustiveCells = 16
  /// The largest number of neighbours that all searches together try at once.
  public var neighbours = 1024
  /// How many of the best candidates follow the local optima in the answer.
  public var alternatives = 32

  public init(features: [InputFeature], lengthScales: [Double], isStructural: [Bool]? = nil) {
    precondition(
      lengthScales.count == features.count && isStructural?.count ?? features.count == features.count,
      "\(features.count) features need as many length scales and marks")
    self.features = features
    self.lengthScales = lengthScales.map { $0 > 0 ? min(max($0, 1e-3), 1e3) : 1 }
    self.isStructural = isStructural ?? features.map { _ in false }
  }

  /// A point and the acquisition function there.
  public struct Proposal: Hashable, Sendable {
    public var point: [Double]
    public var value: Double
  }

  /// Maximises.
  ///
  /// - Parameters:
  ///   - candidates: Valid encoded points, one in a row: a low-discrepancy sequence, the best observed points, and
  ///     points beside these.
  ///   - incumbents: Rows of `candidates` of which the best two are starts whatever the others are worth.
  ///   - repair: Makes a point valid that differs from a valid one in coordinates that are not structural.
  ///   - isExcluded: Whether a point is not wanted, because it was asked before.
  /// - Returns: Distinct local optima and good candidates, none excluded, the best first. Empty only where all
  ///   candidates, and all points that the searches came to, are excluded.
  public func maximize(
    _ acquisition: any AcquisitionFunction, candidates: Matrix<Double>, incumbents: [Int] = [], key: RandomKey,
    repair: @escaping (inout [Double]) -> Void = { _ in },
    isExcluded: @escaping ([Double]) -> Bool = { _ in false }
  ) -> [Proposal] {
    precondition(
      candidates.columns == features.count,
      "candidates of \(candidates.columns) coordinates have no place among \(features.count) features")
    var pool = candidates.rowArrays
    for index in pool.indices { repair(&pool[index]) }
    let search = LocalSearch(self, acquisition, repair: repair, isExcluded: isExcluded)
    let values = search.values(pool)
    var ranked = pool.indices.sorted { (values[$0], -$0) > (values[$1], -$1) }
    let chosen = StartSelection.choose(
      values: values, count: starts, always: incumbents.sorted { values[$0] > values[$1] }.prefix(2) + [], key: key)
    let found = search.run(from: chosen.map { Proposal(point: pool[$0], value: values[$0]) }, key: key.folded(1))
    ranked = Array(ranked.prefix(alternatives + chosen.count))
    return distinct(found + ranked.map { Proposal(point: pool[$0], value: values[$0]) })
      .filter { !isExcluded($0.point) }.orIfEmpty {
        distinct(pool.indices.map { Proposal(point: pool[$0], value: values[$0]) }).filter { !isExcluded($0.point) }
      }
  }

  /// The proposals from the best to the worst, without those that are within a ten thousandth of a length scale of a
  /// better one.
  private func distinct(_ proposals: [Proposal]) -> [Proposal] {
    let ranked = proposals.indices.sorted { (proposals[$0].value, -$0) > (proposals[$1].value, -$1) }
    var kept: [Proposal] = []
    for index in ranked where !kept.contains(where: { isSame($0.point, proposals[index].point) }) {
      kept.append(proposals[index])
    }
    return kept
  }

  private func isSame(_ a: [Double], _ b: [Double]) -> Bool {
    features.indices.allSatisfy { i in
      if a[i].isNaN || b[i].isNaN { return a[i].isNaN && b[i].isNaN }
      return features[i].isContinuous ? abs(a[i] - b[i]) < 1e-4 * min(lengthScales[i], 1) : a[i] == b[i]
    }
  }
}

extension InputFeature {
  var isContinuous: Bool { kind == .number(cells: nil) }

  /// The values of a discrete coordinate; 0 for a continuous one.
  var valueCount: Int {
    switch kind {
    case .number(let cells): cells ?? 0
    case .category(let count): count
    }
  }

  /// The encoded value number k of a discrete coordinate.
  func value(_ k: Int) -> Double {
    switch kind {
    case .number(let cells): (Double(k) + 0.5) / Double(max(1, cells ?? 1))
    case .category: Double(k)
    }
  }

  /// The number k of an encoded value of a discrete coordinate: the cell it is in.
  func index(of value: Double) -> Int {
    switch kind {
    case .number(let cells):
      let cells = max(1, cells ?? 1)
      return min(max(Int((value * Double(cells)).rounded(.down)), 0), cells - 1)
    case .category: return Int(value)
    }
  }
}

extension Array {
  fileprivate func orIfEmpty(_ others: () -> [Element]) -> [Element] { isEmpty ? others() : self }
}

extension Matrix<Double> {
  var rowArrays: [[Double]] {
    let all = elements.array
    return (0..<rows).map { Array(all[($0 * columns)..<(($0 + 1) * columns)]) }
  }

  /// - Parameter columns: Their length, for the case that there are none.
  init(rowArrays: [[Double]], columns: Int) {
    self.init(rowArrays.flatMap { $0 }, rows: rowArrays.count, columns: columns)
  }
}
