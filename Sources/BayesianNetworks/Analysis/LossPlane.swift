public import Tensors

/// The plane through the last point of a training's path in which the path moves most, to look at the loss around it (Li,
/// Xu, Taylor, Studer and Goldstein 2018, section 7.2).
///
/// The directions are the two leading principal components of the differences iterate - last iterate, without centring:
/// with the differences as the rows of D, the eigenvectors of D'D. They are found through the small matrix DD', which has
/// a row for each iterate: where DD' v = l v, the direction is D'v / sqrt(l).
public struct LossPlane<Scalar: TensorScalar>: Sendable {
  /// The last iterate.
  public let origin: Vector<Scalar>
  /// Two directions of length 1 at right angles. Their signs are such that the first iterate's coordinates are not
  /// negative.
  public let directions: [Vector<Scalar>]
  /// The part of the squared length of all differences that lies along each direction.
  public let explainedVariance: [Double]
  /// Where the iterates are in the plane, in their order: their distances from the last along the two directions.
  public let trajectory: [PlanePoint]

  /// - Parameters:
  ///   - iterates: Parameters along the path, the last one last; at least two, and not all the same.
  ///   - key: Names the second direction where the path is a straight line: a random one at right angles to the first.
  /// - Throws: `LossPlaneError` where the path has no plane, and `LinearAlgebraError.noConvergence` where an iterate is not
  ///   finite.
  public init(iterates: [Vector<Scalar>], key: RandomKey = RandomKey(seed: 0)) throws {
    guard let origin = iterates.last, iterates.count >= 2 else { throw LossPlaneError.tooFewIterates(iterates.count) }
    let count = origin.count
    guard count >= 2 else { throw LossPlaneError.tooFewParameters(count) }
    precondition(iterates.allSatisfy { $0.count == count }, "the iterates have different lengths")
    let differences = iterates.dropLast().map { Self.difference($0, origin) }
    var gram = Matrix<Double>(rows: differences.count, columns: differences.count)
    for i in differences.indices {
      for j in 0...i { gram[i, j] = Self.dot(differences[i], differences[j]) }
    }
    let eigen = try gram.symmetricEigendecomposition()
    let values = eigen.values.array.reversed().map { max(0, $0) }
    let total = differences.indices.reduce(0) { $0 + gram[$1, $1] }
    guard total > 0 else { throw LossPlaneError.noMovement }

    var directions: [Vector<Scalar>] = []
    var explained: [Double] = []
    // Differences are known to half of a number's digits once they are squared.
    let smallest = values[0] * Double(Scalar.ulpOfOne)
    for rank in 0..<2 {
      var direction: Vector<Scalar>
      if rank < values.count, values[rank] > smallest {
        let row = differences.count - 1 - rank
        direction = Vector(count: count)
        for (i, difference) in differences.enumerated() {
          Self.add(eigen.transposedVectors[row, i], difference, to: &direction)
        }
        explained.append(values[rank] / total)
      } else {
        direction = .normal(key, count: count)
        explained.append(0)
      }
      for other in directions { Self.add(-Self.dot(direction, other), other, to: &direction) }
      Self.normalize(&direction)
      if Self.dot(differences[0], direction) < 0 { Self.scale(&direction, by: -1) }
      directions.append(direction)
    }
    self.origin = origin
    self.directions = directions
    explainedVariance = explained
    trajectory = iterates.map { Self.coordinates($0, origin, directions) }
  }

  /// The parameters at a point of the plane.
  public func parameters(at point: PlanePoint) -> Vector<Scalar> {
    var result = origin
    Self.add(point.x, directions[0], to: &result)
    Self.add(point.y, directions[1], to: &result)
    return result
  }

  /// The point of the plane that is nearest to some parameters.
  public func projection(of parameters: Vector<Scalar>) -> PlanePoint {
    Self.coordinates(parameters, origin, directions)
  }

  private static func coordinates(
    _ parameters: Vector<Scalar>, _ origin: Vector<Scalar>, _ directions: [Vector<Scalar>]
  ) -> PlanePoint {
    let difference = difference(parameters, origin)
    return PlanePoint(x: dot(difference, directions[0]), y: dot(difference, directions[1]))
  }

  private static func difference(_ a: Vector<Scalar>, _ b: Vector<Scalar>) -> Vector<Scalar> {
    var result = Vector<Scalar>(count: a.count)
    withExtendedLifetime((a, b)) {
      Scalar.subtract(a.unsafePointer, b.unsafePointer, into: result.unsafeMutablePointer(), count: a.count)
    }
    return result
  }

  private static func dot(_ a: Vector<Scalar>, _ b: Vector<Scalar>) -> Double {
    withExtendedLifetime((a, b)) { Scalar.dot(a.unsafePointer, b.unsafePointer, count: a.count) }
  }

  private static func add(_ factor: Double, _ x: Vector<Scalar>, to y: inout Vector<Scalar>) {
    let base = y.unsafeMutablePointer()
    withExtendedLifetime(x) { Scalar.axpy(Scalar(factor), x.unsafePointer, base, count: x.count) }
  }

  private static func scale(_ x: inout Vector<Scalar>, by factor: Double) {
    let count = x.count
    Scalar.scale(x.unsafeMutablePointer(), by: Scalar(factor), count: count)
  }

  private static func normalize(_ x: inout Vector<Scalar>) { scale(&x, by: 1 / dot(x, x).squareRoot()) }
}

/// A place in a plane of parameters, in their units.
public struct PlanePoint: Hashable, Codable, Sendable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// Why a path of a training has no plane.
public enum LossPlaneError: Error, Hashable, CustomStringConvertible {
  case tooFewIterates(Int)
  case tooFewParameters(Int)
  case noMovement

  public var description: String {
    switch self {
    case .tooFewIterates(let count):
      "a plane needs at least two iterates of a training, got \(count); keep more of them"
    case .tooFewParameters(let count): "a plane needs at least two parameters, got \(count)"
    case .noMovement: "all iterates are the same, so that the training has no direction; keep iterates further apart"
    }
  }
}
