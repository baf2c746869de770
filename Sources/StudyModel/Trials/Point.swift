/// A point of a search space: a value for each dimension that is active there, in the order of the space.
///
/// The names are key paths of the sweep file ("inference.prior.scale") for a Bayesian network, and free names for a
/// command or a test function.
package struct Point: Hashable, Sendable {
  package var values: JSONObject

  package init(_ values: JSONObject = JSONObject()) {
    self.values = values
  }

  package subscript(name: String) -> JSONValue? {
    values[name]
  }
}
