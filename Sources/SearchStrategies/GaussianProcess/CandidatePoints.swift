import GaussianProcesses
import StudyModel
import Tensors

/// Where the search for the next point begins: a scrambled Sobol sequence over the whole space, the best points so far,
/// and points beside them.
struct CandidatePoints {
  private static let sequence = 1024
  private static let incumbents = 5
  private static let neighbours = 48

  let rows: [[Double]]
  /// The best points so far, among the rows.
  let incumbents: [Int]

  /// - Parameters:
  ///   - process: Conditioned on the observed points, of which the best by its mean are taken.
  ///   - cube: The sequence, over the dimensions of the space.
  init(_ process: GaussianProcess, encoding: SpaceEncoding, cube: ScrambledSobolSequence, key: RandomKey) {
    var rows = (0..<Self.sequence).map { encoding.row(at: cube.point($0)) }
    let observed = process.points
    let means = process.count > 0 ? process.posteriorMean(at: observed) : []
    let best = means.indices.sorted { (means[$0], -$0) > (means[$1], -$1) }.prefix(Self.incumbents)
    let first = rows.count
    for index in best { rows.append((0..<observed.columns).map { observed[index, $0] }) }
    incumbents = Array(first..<rows.count)
    for (rank, incumbent) in incumbents.enumerated() {
      for neighbour in 0..<Self.neighbours {
        let key = key.folded(rank * Self.neighbours + neighbour)
        rows.append(Self.beside(rows[incumbent], process: process, encoding: encoding, key: key))
      }
    }
    self.rows = rows
  }

  private init(rows: [[Double]], incumbents: [Int]) { (self.rows, self.incumbents) = (rows, incumbents) }

  /// Those of them that are wanted; all, where that would be none.
  func filtered(_ isWanted: ([Double]) -> Bool) -> CandidatePoints {
    let kept = rows.indices.filter { isWanted(rows[$0]) }
    guard !kept.isEmpty else { return self }
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return CandidatePoints(rows: kept.map { rows[$0] }, incumbents: incumbents.compactMap { places[$0] })
  }

  /// A point that differs in some coordinates, by about a fifth of a length scale or a good deal less.
  private static func beside(
    _ row: [Double], process: GaussianProcess, encoding: SpaceEncoding, key: RandomKey
  ) -> [Double] {
    let width = row.count
    let normals = Vector<Double>.normal(key.folded(0), count: width + 1)
    let size = 0.2 * Double.exp(-abs(normals[width]) * 2)
    // In a space of many dimensions, moving all of them at once leaves the neighbourhood.
    let share = min(1, 8 / Double(max(1, width)))
    var other = row
    for column in row.indices {
      let bits = key.folded(1).bits(UInt64(column))
      let uniform = Double(bits >> 11) * 0x1p-53
      guard uniform < share, !row[column].isNaN else { continue }
      switch encoding.features[column].kind {
      case .number:
        let scale = min(max(process.lengthScales[column], 0.05), 1)
        other[column] += size * scale * normals[column]
      case .category(let count):
        guard uniform < share / 4 else { continue }
        other[column] = Double(Int(bits & 0xffff_ffff) % count)
      }
    }
    encoding.repair(&other)
    return other
  }
}
