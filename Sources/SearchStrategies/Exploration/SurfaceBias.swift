import StudyModel

/// How far a surface is off, as the verified trials of its own configuration say: a constant, and what scatters around it.
///
/// A surface is compared at its point that is nearest to the trial. Where nothing was verified the offset is 0, and the
/// variance the surface's own scatter: it is trusted for no more than its shape.
struct SurfaceBias {
  let offset: Double
  let variance: Double

  /// - Parameters:
  ///   - values: The surface.
  ///   - base: The point of the exploration, whose other dimensions the surface is for.
  ///   - verified: Points that were trained, and what came out.
  init(
    _ values: [Survey.Value], _ exploration: Exploration, _ base: Point, verified: [(point: Point, value: Double)],
    space: SearchSpace
  ) {
    let mean = values.reduce(0) { $0 + $1.mean } / Double(max(1, values.count))
    let scatter = values.reduce(0) { $0 + ($1.mean - mean) * ($1.mean - mean) } / Double(max(1, values.count))
    let names = exploration.sides.map(\.dimension)
    let differences = verified.compactMap { trial -> Double? in
      guard space.dimensions.allSatisfy({ names.contains($0.name) || base[$0.name] == trial.point[$0.name] }) else {
        return nil
      }
      let here = names.compactMap { trial.point[$0].flatMap(\.double) }
      guard here.count == names.count, zip(exploration.sides, here).allSatisfy({ $0.range.contains($1) }) else {
        return nil
      }
      func distance(_ value: Survey.Value) -> Double {
        zip(exploration.sides, zip(here, value.coordinates)).reduce(0) { sum, term in
          let dimension = space[term.0.dimension]
          func coordinate(_ value: Double) -> Double { dimension?.domain.coordinate(of: .number(value)) ?? 0 }
          let difference = coordinate(term.1.0) - coordinate(term.1.1)
          return sum + difference * difference
        }
      }
      return values.min { distance($0) < distance($1) }.map { trial.value - $0.mean }
    }
    guard !differences.isEmpty else {
      (offset, variance) = (0, scatter)
      return
    }
    let count = Double(differences.count)
    offset = differences.reduce(0, +) / count
    let shift = offset
    let spread = differences.reduce(0) { $0 + ($1 - shift) * ($1 - shift) } / max(1, count - 1)
    // One difference says nothing of how they scatter.
    variance = count > 1 ? spread : 0.25 * scatter
  }
}
