/// The dimensions of a search, in the order of the sweep file.
package struct SearchSpace: Hashable, Sendable {
  package var dimensions: [Dimension]

  package init(_ dimensions: [Dimension] = []) {
    self.dimensions = dimensions
  }
}

/// One dimension: a name, a domain, and when it exists.
package struct Dimension: Hashable, Sendable {
  package var name: String
  package var domain: Domain
  /// The dimension exists where the named, earlier dimension has one of these values.
  package var condition: Condition?

  package init(_ name: String, _ domain: Domain, when condition: Condition? = nil) {
    self.name = name
    self.domain = domain
    self.condition = condition
  }

  package struct Condition: Hashable, Sendable {
    package var name: String
    package var values: [JSONValue]

    package init(_ name: String, in values: [JSONValue]) {
      self.name = name
      self.values = values
    }
  }
}

/// What values a dimension has. A `step` is for the grid: how many points a continuous dimension has there.
package enum Domain: Hashable, Sendable {
  case float(ClosedRange<Double>, log: Bool, steps: Int?)
  case integer(ClosedRange<Int>, log: Bool, steps: Int?)
  case values([JSONValue])
}
