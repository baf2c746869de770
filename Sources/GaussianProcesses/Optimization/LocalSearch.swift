import Tensors

/// The local searches of `AcquisitionOptimizer`, all in step, so that the acquisition function sees large batches.
struct LocalSearch {
  typealias Proposal = AcquisitionOptimizer.Proposal

  let options: AcquisitionOptimizer
  let acquisition: any AcquisitionFunction
  let repair: (inout [Double]) -> Void
  let isExcluded: ([Double]) -> Bool
  private let features: [InputFeature]
  private let continuous: [Int]
  /// Numbers of many cells, which the first continuous phase moves too.
  private let relaxed: [Int]

  init(
    _ options: AcquisitionOptimizer, _ acquisition: any AcquisitionFunction, repair: @escaping (inout [Double]) -> Void,
    isExcluded: @escaping ([Double]) -> Bool
  ) {
    self.options = options
    self.acquisition = acquisition
    self.repair = repair
    self.isExcluded = isExcluded
    features = options.features
    let free = features.indices.filter { !options.isStructural[$0] }
    continuous = free.filter { options.features[$0].isContinuous }
    relaxed = free.filter {
      options.features[$0].isNumber && options.features[$0].valueCount > options.exhaustiveCells
    }
  }

  /// The values at points, in batches; -infinity where they are not numbers, and at excluded points that no continuous
  /// coordinate could move.
  func values(_ points: [[Double]]) -> [Double] {
    let batch = 512
    var result: [Double] = []
    result.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: batch) {
      let part = Array(points[start..<min(start + batch, points.count)])
      result += acquisition.values(at: Matrix(rowArrays: part, columns: features.count))
    }
    return zip(points, result).map { point, value in
      value.isNaN || (isDiscrete(point) && isExcluded(point)) ? -.infinity : value
    }
  }

  private func isDiscrete(_ point: [Double]) -> Bool { continuous.allSatisfy { point[$0].isNaN } }

  /// The points that the searches end at, and from discrete phases also the best ones on the way.
  func run(from starts: [Proposal], key: RandomKey) -> [Proposal] {
    var searches = starts
    var visited: [Proposal] = []
    if !relaxed.isEmpty { moveContinuously(&searches, Array(searches.indices), continuous + relaxed) }
    var active = Array(searches.indices)
    let discrete = features.indices.filter { !options.isStructural[$0] && features[$0].valueCount > 1 }
    for turn in 0..<max(1, options.alternations) where !active.isEmpty {
      moveContinuously(&searches, active, continuous)
      if discrete.isEmpty { break }
      active = moveDiscretely(&searches, active, discrete, key: key.folded(turn), visited: &visited)
    }
    return searches + visited
  }

  // MARK: Continuous coordinates

  /// Maximises over the given coordinates of some searches. Keeps a search's point where it does not become better.
  private func moveContinuously(_ searches: inout [Proposal], _ active: [Int], _ coordinates: [Int]) {
    let moving = active.filter { search in
      searches[search].value > -.infinity && coordinates.contains { !searches[search].point[$0].isNaN }
    }
    guard !moving.isEmpty else { return }
    let scales = coordinates.map { options.lengthScales[$0] }
    let origins = moving.map { searches[$0].point }
    let starts = origins.map { point in
      zip(coordinates, scales).map { point[$0].isNaN ? 0.5 / $1 : min(max(point[$0], 0), 1) / $1 }
    }
    var lbfgs = BoundedLBFGS()
    lbfgs.maximumEvaluations = options.rounds
    lbfgs.gradientTolerance = 1e-6
    lbfgs.relativeTolerance = 1e-10
    lbfgs.firstStep = 0.3
    let width = features.count
    func place(_ unscaled: some Collection<Double>, in origin: [Double]) -> [Double] {
      var point = origin
      for (place, value) in unscaled.enumerated() where !point[coordinates[place]].isNaN {
        point[coordinates[place]] = min(max(value * scales[place], 0), 1)
      }
      return point
    }
    let results = lbfgs.minimizeTogether(
      from: Matrix(rowArrays: starts, columns: coordinates.count), lower: scales.map { _ in 0 },
      upper: scales.map { 1 / $0 }
    ) { rows, unscaled in
      let points = zip(rows, unscaled.rowArrays).map { place($1, in: origins[$0]) }
      let (values, gradients) = acquisition.valuesAndGradients(at: Matrix(rowArrays: points, columns: width))
      var scaled = Matrix<Double>(rows: rows.count, columns: coordinates.count)
      for row in rows.indices {
        for (place, coordinate) in coordinates.enumerated() where !points[row][coordinate].isNaN {
          scaled[row, place] = -gradients[row, coordinate] * scales[place]
        }
      }
      return (values.map { -$0 }, scaled)
    }
    var ends = zip(results, origins).map { place($0.point, in: $1) }
    for index in ends.indices {
      for coordinate in coordinates where features[coordinate].valueCount > 0 && !ends[index][coordinate].isNaN {
        let feature = features[coordinate]
        ends[index][coordinate] = feature.value(feature.index(of: ends[index][coordinate]))
      }
      repair(&ends[index])
    }
    for (place, value) in values(ends).enumerated() where value > searches[moving[place]].value {
      searches[moving[place]] = Proposal(point: ends[place], value: value)
    }
  }

  // MARK: Discrete coordinates

  /// Changes single coordinates, and all that help at once, as long as that helps.
  ///
  /// - Returns: The searches that moved.
  private func moveDiscretely(
    _ searches: inout [Proposal], _ active: [Int], _ coordinates: [Int], key: RandomKey, visited: inout [Proposal]
  ) -> [Int] {
    var moved: Set<Int> = []
    var climbing = active
    for sweep in 0..<8 where !climbing.isEmpty {
      let changes = neighbours(of: searches, climbing, coordinates, key: key.folded(sweep))
      let found = values(changes.map(\.point))
      visited += Self.best(zip(changes, found).map { Proposal(point: $0.point, value: $1) }, options.alternatives)
        .filter { isDiscrete($0.point) }
      var still: [Int] = []
      var combined: [(search: Int, point: [Double])] = []
      for search in climbing {
        let origin = searches[search]
        // The best value of every coordinate, in the order of the coordinates.
        var best: [Int: Int] = [:]
        for (index, change) in changes.enumerated() where change.search == search && found[index] > origin.value {
          if best[change.coordinate].map({ found[index] > found[$0] }) ?? true { best[change.coordinate] = index }
        }
        guard let top = best.values.max(by: { (found[$0], -$0) < (found[$1], -$1) }) else { continue }
        searches[search] = Proposal(point: changes[top].point, value: found[top])
        still.append(search)
        if best.count > 1 {
          var point = origin.point
          for (coordinate, index) in best.sorted(by: { $0.key < $1.key }) {
            point[coordinate] = changes[index].point[coordinate]
          }
          repair(&point)
          combined.append((search, point))
        }
      }
      for ((search, point), value) in zip(combined, values(combined.map(\.point))) where value > searches[search].value
      {
        searches[search] = Proposal(point: point, value: value)
      }
      moved.formUnion(still)
      climbing = still
    }
    return active.filter { moved.contains($0) }
  }

  private struct Change {
    var search, coordinate: Int
    var point: [Double]
  }

  private func neighbours(
    of searches: [Proposal], _ active: [Int], _ coordinates: [Int], key: RandomKey
  ) -> [Change] {
    let limit = max(1, options.neighbours / active.count)
    var changes: [Change] = []
    for search in active {
      let origin = searches[search].point
      let present = coordinates.filter { !origin[$0].isNaN }
      var left = limit
      for place in key.folded(search).permutation(present.count) where left > 0 {
        let coordinate = present[place]
        let feature = features[coordinate]
        for value in alternatives(to: feature.index(of: origin[coordinate]), of: feature) where left > 0 {
          var point = origin
          point[coordinate] = feature.value(value)
          repair(&point)
          left -= 1
          // A repair may undo the change.
          if point[coordinate] != origin[coordinate] {
            changes.append(Change(search: search, coordinate: coordinate, point: point))
          }
        }
      }
    }
    return changes
  }

  private func alternatives(to current: Int, of feature: InputFeature) -> [Int] {
    let count = feature.valueCount
    guard feature.isNumber, count > options.exhaustiveCells else { return (0..<count).filter { $0 != current } }
    var result: [Int] = []
    var distance = 1
    while distance < count {
      if current - distance >= 0 { result.append(current - distance) }
      if current + distance < count { result.append(current + distance) }
      distance *= 2
    }
    return result
  }

  private static func best(_ proposals: [Proposal], _ count: Int) -> ArraySlice<Proposal> {
    proposals.indices.sorted { (proposals[$0].value, -$0) > (proposals[$1].value, -$1) }.map { proposals[$0] }
      .prefix(count)
  }
}
