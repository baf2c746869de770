/// Primitive polynomials over GF(2). Bit k of a word is the coefficient of x^k.
enum PrimitivePolynomials {
  /// The first so many, by degree and then by value: x + 1, x^2 + x + 1, x^3 + x + 1, ...
  static func first(_ count: Int) -> [UInt32] {
    var found: [UInt32] = []
    var degree = 1
    while found.count < count {
      // The constant term of a primitive polynomial is 1.
      for low in stride(from: 1 as UInt32, to: 1 << degree, by: 2) where isPrimitive(1 << degree | low) {
        found.append(1 << degree | low)
      }
      degree += 1
    }
    return Array(found.prefix(count))
  }

  /// Whether x generates all 2^degree - 1 units modulo the polynomial.
  static func isPrimitive(_ polynomial: UInt32) -> Bool {
    let degree = polynomial.bitWidth - 1 - polynomial.leadingZeroBitCount
    let units = (1 as UInt32) << degree - 1
    // The powers of x, until one is 1.
    var power: UInt32 = 1
    var order: UInt32 = 0
    repeat {
      power <<= 1
      if power >> degree & 1 == 1 { power ^= polynomial }
      order += 1
    } while power != 1 && order < units
    return power == 1 && order == units
  }
}
