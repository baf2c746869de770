import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct LossPlaneTests {
  /// A path in five dimensions.
  private func path(_ points: Int, dimensions: Int = 5) -> [Vector<Double>] {
    (0..<points).map { step in
      let shrink = Double(points - step) / Double(points)
      return Vector((0..<dimensions).map { sin(Double($0 + 1) * (1 + shrink)) * shrink * Double($0 + 1) })
    }
  }

  private func dot(_ a: Vector<Double>, _ b: Vector<Double>) -> Double {
    zip(a.array, b.array).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test func directionsAreTheLeadingComponents() throws {
    let iterates = path(9)
    let plane = try LossPlane(iterates: iterates)
    #expect(plane.origin == iterates[8] && plane.trajectory.count == 9)
    let (first, second) = (plane.directions[0], plane.directions[1])
    #expect(
      abs(dot(first, first) - 1) < 1e-12 && abs(dot(second, second) - 1) < 1e-12 && abs(dot(first, second)) < 1e-12)
    // The other way: the eigenvectors of the 5 x 5 matrix D'D.
    let differences = iterates.dropLast().flatMap { iterate in (0..<5).map { iterate[$0] - iterates[8][$0] } }
    let eigen = try Matrix(differences, rows: 8, columns: 5).gram(transposed: true).symmetricEigendecomposition()
    let total = eigen.values.array.reduce(0, +)
    for (rank, direction) in plane.directions.enumerated() {
      let expected = Vector((0..<5).map { eigen.transposedVectors[4 - rank, $0] })
      #expect(abs(abs(dot(direction, expected)) - 1) < 1e-9)
      #expect(abs(plane.explainedVariance[rank] - eigen.values[4 - rank] / total) < 1e-12)
    }
    #expect(plane.trajectory[8] == PlanePoint(x: 0, y: 0))
    #expect(plane.trajectory[0].x >= 0 && plane.trajectory[0].y >= 0)
    let coordinate = (0..<5).reduce(0) { $0 + (iterates[3][$1] - iterates[8][$1]) * first[$1] }
    #expect(abs(plane.trajectory[3].x - coordinate) < 1e-12)
    #expect(plane.projection(of: iterates[3]) == plane.trajectory[3])
  }

  /// A path that lies in a plane is found again, and a quadratic stays one.
  @Test func quadraticIsExact() throws {
    let origin = Vector<Double>([1, -2, 0.5, 3])
    let (u, v) = (Vector<Double>([1, 1, 0, 0]), Vector<Double>([0, 1, -1, 2]))
    let places = [(2.0, 1.0), (1.0, -1.0), (0.5, 0.2), (0.0, 0.0)]
    let iterates = places.map { a, b in Vector((0..<4).map { origin[$0] + a * u[$0] + b * v[$0] }) }
    let plane = try LossPlane(iterates: iterates)
    #expect(abs(plane.explainedVariance[0] + plane.explainedVariance[1] - 1) < 1e-12)
    for (iterate, point) in zip(iterates, plane.trajectory) {
      let again = plane.parameters(at: point)
      for i in 0..<4 { #expect(abs(again[i] - iterate[i]) < 1e-12) }
    }
    let weights = [3.0, 0.5, 2, 1]
    func loss(_ x: Vector<Double>) -> Double { (0..<4).reduce(0) { $0 + 0.5 * weights[$1] * x[$1] * x[$1] } }
    let (xs, ys) = plane.grid(points: 7)
    let surface = plane.surface(xs: xs, ys: ys) { loss($0) }
    // L(o + x p + y q) in its closed form.
    let (p, q) = (plane.directions[0], plane.directions[1])
    func form(_ a: Vector<Double>, _ b: Vector<Double>) -> Double {
      (0..<4).reduce(0) { $0 + weights[$1] * a[$1] * b[$1] }
    }
    for (i, y) in ys.enumerated() {
      for (j, x) in xs.enumerated() {
        let expected =
          loss(origin) + x * form(origin, p) + y * form(origin, q)
          + 0.5 * (x * x * form(p, p) + y * y * form(q, q)) + x * y * form(p, q)
        #expect(abs(surface.losses[i][j] - expected) < 1e-10)
      }
    }
    for point in plane.trajectory {
      #expect(xs[0] < point.x && point.x < xs[6] && ys[0] < point.y && point.y < ys[6])
    }
    #expect(try JSONDecoder().decode(LossSurface.self, from: JSONEncoder().encode(surface)) == surface)
  }

  @Test func straightLines() throws {
    let iterates = [4.0, 3, 1, 0].map { Vector<Float>([Float($0), 0, 1, Float(2 * $0)]) }
    let plane = try LossPlane(iterates: iterates)
    #expect(abs(plane.explainedVariance[0] - 1) < 1e-6 && plane.explainedVariance[1] == 0)
    let product = (0..<4).reduce(Float(0)) { $0 + plane.directions[0][$1] * plane.directions[1][$1] }
    let length = (0..<4).reduce(Float(0)) { $0 + plane.directions[1][$1] * plane.directions[1][$1] }
    #expect(abs(product) < 1e-6 && abs(length - 1) < 1e-6)
    #expect(abs(plane.trajectory[0].x - 4 * 5.0.squareRoot()) < 1e-5)
    // Two iterates are a line as well.
    #expect(try LossPlane(iterates: Array(iterates.suffix(2))).explainedVariance[1] == 0)
  }

  @Test func whatHasNoPlane() {
    let one = Vector<Double>([1, 2])
    #expect(throws: LossPlaneError.tooFewIterates(1)) { try LossPlane(iterates: [one]) }
    #expect(throws: LossPlaneError.noMovement) { try LossPlane(iterates: [one, one, one]) }
    #expect(throws: LossPlaneError.tooFewParameters(1)) { try LossPlane(iterates: [Vector<Double>([1]), Vector([2])]) }
    #expect(throws: LinearAlgebraError.self) { try LossPlane(iterates: [Vector([.nan, 1]), one]) }
  }

  @Test func meanNegativeLogLikelihoodOfAModel() throws {
    let model = BayesianModel(
      network: Network(inputs: 2, hidden: [3], outputs: 2, activation: .tanh), likelihood: .categorical,
      prior: GaussianPrior(scale: 1))
    let data: Examples<Double> = examples(.categorical, rows: 12, inputs: 2, outputs: 2)
    let iterates = path(5, dimensions: model.parameterCount)
    let plane = try LossPlane(iterates: iterates)
    let surface = plane.surface(xs: [0, plane.trajectory[0].x], ys: [0, 0.5], model: model, data: data)
    let objective = PointEstimateObjective<Double>(model, hasPrior: false, maximumRows: 12)
    for (i, y) in surface.ys.enumerated() {
      for (j, x) in surface.xs.enumerated() {
        var gradient = Vector<Double>(count: model.parameterCount)
        let loss = objective.evaluate(
          data, batchFraction: 1, parameters: plane.parameters(at: PlanePoint(x: x, y: y)), key: RandomKey(seed: 0),
          gradient: &gradient)
        #expect(abs(surface.losses[i][j] - loss.negativeLogLikelihood / 12) < 1e-12)
      }
    }
  }
}
