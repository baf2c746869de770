extension SearchSpace {
  package var count: Int { dimensions.count }

  package subscript(name: String) -> Dimension? {
    dimensions.first { $0.name == name }
  }

  /// Builds a point value by value; dimensions that do not exist there are left out.
  package func point(choosing value: (_ index: Int, _ dimension: Dimension) -> JSONValue) -> Point {
    var point = Point()
    for (index, dimension) in dimensions.enumerated() where dimension.isActive(at: point) {
      point.values.members.append(.init(dimension.name, value(index, dimension)))
    }
    return point
  }

  /// The point at coordinates of the unit cube, one for each dimension of the space; those of inactive dimensions are
  /// not looked at.
  package func point(at coordinates: [Double]) -> Point {
    precondition(coordinates.count == count, "the space has \(count) dimensions, got \(coordinates.count) coordinates")
    return point { index, dimension in dimension.domain.value(at: coordinates[index]) }
  }

  /// The coordinates of a point of the space; 1/2 for dimensions that are not active there.
  package func coordinates(of point: Point) -> [Double] {
    dimensions.map { dimension in point[dimension.name].map { dimension.domain.coordinate(of: $0) } ?? 0.5 }
  }

  /// Whether the point has a value of the domain for each dimension that is active there, and no others.
  package func contains(_ point: Point) -> Bool {
    var prefix = Point()
    for dimension in dimensions where dimension.isActive(at: prefix) {
      guard let value = point[dimension.name], dimension.domain.contains(value) else { return false }
      prefix.values.members.append(.init(dimension.name, value))
    }
    return prefix.values.members.count == point.values.members.count
  }

  /// Equal for points that mean the same, whatever the order of the values and the spelling of the numbers.
  package func key(of point: Point) -> PointKey {
    PointKey(values: dimensions.map { point[$0.name]?.canonical })
  }
}

/// What two equal points share.
package struct PointKey: Hashable, Sendable {
  fileprivate let values: [JSONValue?]
}

extension Dimension {
  /// Whether the dimension exists at a point that has the values of the dimensions before it.
  package func isActive(at point: Point) -> Bool {
    guard let condition else { return true }
    guard let value = point[condition.name] else { return false }
    return condition.values.contains { $0.canonical == value.canonical }
  }
}
