import Tensors

/// Weights and their velocity as integers, so that every step of momentum descent can be undone bit for bit: sums of
/// integers are exact, and products with the momentum keep their remainders (Maclaurin, Duvenaud and Adams 2015).
///
/// Numbers are multiples of 2^-46, 1.4e-14, up to 32,768. What a product with the momentum puts in the place of its remainder
/// is below 2^12 of them, 6e-11: much less than single precision sees.
struct ReversiblePath<Scalar: TensorScalar> {
  private static var unit: Double { 0x1p-46 }
  /// Beyond it, sums could overflow.
  private static var limit: Double { 0x1p61 }

  private var x: [Int64]
  private var v: [Int64]
  /// nil for no momentum: the velocity is then put away whole.
  private var remainders: RemainderStack?
  private var velocities: [Int64] = []
  let learningRate: Double
  /// The momentum as it is computed with: a multiple of 2^-12.
  let momentum: Double

  init(count: Int, learningRate: Double, momentum: Double) {
    x = Array(repeating: 0, count: count)
    v = Array(repeating: 0, count: count)
    self.learningRate = learningRate
    // Below this a fraction stores as much as the velocity itself.
    remainders = momentum > 0 ? RemainderStack(fraction: momentum, count: count) : nil
    self.momentum = remainders?.value ?? 0
  }

  var count: Int { x.count }

  /// Bytes that the path has stored beside weights and velocity.
  var storedBytes: Int { (remainders?.overflowCount ?? 0) * 4 + velocities.count * 8 }

  /// Whether the path is back where it started.
  var isAtStart: Bool { velocities.isEmpty && (remainders?.isEmpty ?? true) && v.allSatisfy { $0 == 0 } }

  /// Begins at given weights, rounded to multiples of 2^-46, with no velocity.
  ///
  /// - Returns: Whether all weights are in range.
  mutating func start(_ weights: UnsafePointer<Scalar>) -> Bool {
    remainders?.reset()
    velocities.removeAll(keepingCapacity: true)
    var isInRange = true
    for i in x.indices {
      v[i] = 0
      let value = (Double(weights[i]) / Self.unit).rounded()
      guard value.magnitude < Self.limit else {
        isInRange = false
        break
      }
      x[i] = Int64(value)
    }
    return isInRange
  }

  /// v <- beta v - (1 - beta) g; x <- x + alpha v
  ///
  /// - Returns: Whether all numbers stay in range; the path is of no use if not.
  mutating func step(_ gradient: UnsafePointer<Scalar>) -> Bool {
    if remainders == nil {
      velocities.append(contentsOf: v)
      for i in v.indices { v[i] = 0 }
    } else {
      remainders?.multiply(&v)
    }
    return Self.advance(&x, &v, gradient, rest: (1 - momentum) / Self.unit, rate: learningRate)
  }

  /// x <- x - alpha v: the first half of undoing a step. The gradient at these weights is needed for the second.
  mutating func undoMove() { Self.retreat(&x, v, rate: learningRate) }

  /// v <- (v + (1 - beta) g) / beta, exactly.
  mutating func undoVelocity(_ gradient: UnsafePointer<Scalar>) {
    Self.add(gradient, scale: (1 - momentum) / Self.unit, to: &v)
    if remainders == nil {
      let start = velocities.count - v.count
      for i in v.indices { v[i] = velocities[start + i] }
      velocities.removeLast(v.count)
    } else {
      remainders?.divide(&v)
    }
  }

  func writeWeights(into weights: UnsafeMutablePointer<Scalar>) { Self.write(x, into: weights) }
  func writeVelocity(into velocity: UnsafeMutablePointer<Scalar>) { Self.write(v, into: velocity) }

  // The loops are apart and of pointers, so that they are compiled for each number type. Numbers are cut off, not rounded:
  // that is one instruction, and the same on the way back.

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func advance(
    _ x: inout [Int64], _ v: inout [Int64], _ gradient: UnsafePointer<Scalar>, rest: Double, rate: Double
  ) -> Bool {
    let count = x.count
    return x.withUnsafeMutableBufferPointer { x in
      v.withUnsafeMutableBufferPointer { v in
        for i in 0..<count {
          let push = rest * Double(gradient[i])
          guard push.magnitude < limit else { return false }
          v[i] &-= Int64(push)
          let move = rate * Double(v[i])
          guard move.magnitude < limit, v[i].magnitude < UInt64(limit) else { return false }
          x[i] &+= Int64(move)
          guard x[i].magnitude < UInt64(limit) else { return false }
        }
        return true
      }
    }
  }

  private static func retreat(_ x: inout [Int64], _ v: [Int64], rate: Double) {
    let count = x.count
    x.withUnsafeMutableBufferPointer { x in
      v.withUnsafeBufferPointer { v in
        for i in 0..<count { x[i] &-= Int64(rate * Double(v[i])) }
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func add(_ gradient: UnsafePointer<Scalar>, scale: Double, to v: inout [Int64]) {
    let count = v.count
    v.withUnsafeMutableBufferPointer { v in
      for i in 0..<count { v[i] &+= Int64(scale * Double(gradient[i])) }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private static func write(_ values: [Int64], into memory: UnsafeMutablePointer<Scalar>) {
    values.withUnsafeBufferPointer { values in
      for i in 0..<values.count { memory[i] = Scalar(Double(values[i]) * unit) }
    }
  }
}
