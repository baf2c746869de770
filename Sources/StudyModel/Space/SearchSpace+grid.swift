extension SearchSpace {
  /// How many different points there are; nil if a dimension is continuous. `Int.max` stands for everything that large.
  package var cardinality: Int? {
    count(from: 0, at: Point(), of: CountedDomain(count: \.count) { $0.memberValue(at: $1) })
  }

  /// How many points the grid has; nil if a continuous dimension has no steps. A conditional dimension multiplies only
  /// where it exists. `Int.max` stands for everything that large.
  package var gridCount: Int? {
    count(from: 0, at: Point(), of: .grid)
  }

  /// The points of the grid by rank, the last dimension fastest.
  ///
  /// - Precondition: the grid has a count, and 0 <= rank < gridCount.
  package func gridPoint(at rank: Int) -> Point { point(at: rank, of: .grid) }

  /// The rank of a point in the grid; nil where it is none of its points.
  ///
  /// - Precondition: the grid has a count.
  package func gridRank(of point: Point) -> Int? {
    var rank = 0
    var prefix = Point()
    for (index, dimension) in dimensions.enumerated() where dimension.isActive(at: prefix) {
      guard let value = point[dimension.name], let chosen = dimension.domain.gridIndex(of: value) else { return nil }
      if isNamedByCondition(dimension.name, after: index) {
        for other in 0..<chosen {
          let before = prefix.adding(dimension.name, dimension.domain.gridValue(at: other))
          rank = Self.plus(rank, count(from: index + 1, at: before, of: .grid) ?? 0)
        }
      } else {
        rank = Self.plus(rank, Self.times(chosen, count(from: index + 1, at: prefix, of: .grid) ?? 1))
      }
      prefix = prefix.adding(dimension.name, value)
    }
    return rank
  }

  /// Every point of a space without continuous dimensions by rank, the last dimension fastest.
  ///
  /// - Precondition: the space has a cardinality, and 0 <= rank < cardinality.
  package func point(atRank rank: Int) -> Point {
    point(at: rank, of: CountedDomain(count: \.count) { $0.memberValue(at: $1) })
  }

  /// The continuous dimensions that have no steps and so no grid.
  package var dimensionsWithoutGrid: [String] {
    dimensions.filter { $0.domain.gridCount == nil }.map(\.name)
  }

  /// Which values of a domain are counted.
  private struct CountedDomain {
    var count: (Domain) -> Int?
    var value: (Domain, Int) -> JSONValue

    static var grid: Self { Self(count: \.gridCount) { $0.gridValue(at: $1) } }
  }

  /// The number of ways to go on from a point that has the values of the dimensions before `index`. Only a dimension
  /// that a later condition names is gone through value by value.
  private func count(from index: Int, at point: Point, of domain: CountedDomain) -> Int? {
    guard index < dimensions.count else { return 1 }
    let dimension = dimensions[index]
    guard dimension.isActive(at: point) else { return count(from: index + 1, at: point, of: domain) }
    guard let values = domain.count(dimension.domain) else { return nil }
    guard isNamedByCondition(dimension.name, after: index) else {
      return count(from: index + 1, at: point, of: domain).map { Self.times(values, $0) }
    }
    var sum = 0
    for value in 0..<values {
      let next = point.adding(dimension.name, domain.value(dimension.domain, value))
      guard let rest = count(from: index + 1, at: next, of: domain) else { return nil }
      sum = Self.plus(sum, rest)
    }
    return sum
  }

  private func point(at rank: Int, of domain: CountedDomain) -> Point {
    precondition(rank >= 0, "a rank is not negative, got \(rank)")
    var (rank, point) = (rank, Point())
    for (index, dimension) in dimensions.enumerated() where dimension.isActive(at: point) {
      guard let values = domain.count(dimension.domain) else {
        preconditionFailure("\(dimension.name) is continuous: its points have no ranks")
      }
      var chosen = values
      if isNamedByCondition(dimension.name, after: index) {
        for value in 0..<values {
          let next = point.adding(dimension.name, domain.value(dimension.domain, value))
          let rest = count(from: index + 1, at: next, of: domain) ?? 0
          if rank < rest {
            chosen = value
            break
          }
          rank -= rest
        }
      } else {
        let rest = count(from: index + 1, at: point, of: domain) ?? 1
        chosen = rank / rest
        rank %= rest
      }
      precondition(chosen < values, "the rank is beyond the last point")
      point = point.adding(dimension.name, domain.value(dimension.domain, chosen))
    }
    return point
  }

  private func isNamedByCondition(_ name: String, after index: Int) -> Bool {
    dimensions[(index + 1)...].contains { $0.condition?.name == name }
  }

  private static func times(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }

  private static func plus(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}

extension Domain {
  /// The values of a domain that is not continuous, in order.
  fileprivate func memberValue(at index: Int) -> JSONValue {
    switch self {
    case .values(let values): values[index]
    case .integer(let range, _, _): .integer(range.lowerBound + index)
    case .float: preconditionFailure("the values of a continuous range cannot be counted")
    }
  }
}

extension Point {
  fileprivate func adding(_ name: String, _ value: JSONValue) -> Point {
    var point = self
    point.values.members.append(.init(name, value))
    return point
  }
}
