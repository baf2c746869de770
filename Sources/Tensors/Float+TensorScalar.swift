import COpenBLAS

// Polynomials are minimax fits made for this file; each comment gives the interval and the error of the fit. The
// functions are accurate to about 1 to 2 units in the last place and contain no branches, so that loops over them
// vectorise.

extension Float: TensorScalar {
  @inline(__always)
  public static func sqrt(_ x: Float) -> Float { hpsearch_sqrtf(x) }

  /// exp(x) = 2^n (1 + q): the exponent n and q = expm1 of the rest.
  @inlinable @inline(__always)
  static func splitExp(_ x: Float) -> (n: Int32, q: Float) {
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
    let shifted = Float(0x1.8p23).addingProduct(x, 1.442_695_040_9)
    let n = shifted - 0x1.8p23
    // ln 2 in two parts; the first has few enough bits that its product with n is exact.
    let r = x.addingProduct(n, -0.693_359_375).addingProduct(n, 2.121_944_417_012_8e-4)
    // (exp(r) - 1 - r) / r^2 on [-ln 2 / 2, ln 2 / 2], 5e-11
    var p: Float = 1.979_029_766_5e-4
    p = Float(1.394_470_338_7e-3).addingProduct(p, r)
    p = Float(8.333_497_680_7e-3).addingProduct(p, r)
    p = Float(4.166_629_537_9e-2).addingProduct(p, r)
    p = Float(1.666_666_567_3e-1).addingProduct(p, r)
    p = Float(0.5).addingProduct(p, r)
    return (Int32(bitPattern: shifted.bitPattern &- 0x4B40_0000), r.addingProduct(p, r * r))
  }

  @inlinable @inline(__always)
  static func powerOfTwo(_ n: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: (n &+ 127) &<< 23)) }

  @inlinable @inline(__always)
  public static func exp(_ x: Float) -> Float {
    let clamped = x < -104 ? -104 : (x > 89 ? 89 : x)
    let (n, q) = splitExp(clamped)
    // Two factors, so that the smallest results come out as subnormal numbers and the largest as infinity.
    let half = n &>> 1
    let first = powerOfTwo(half)
    return first.addingProduct(first, q) * powerOfTwo(n &- half)
  }

  @inlinable @inline(__always)
  public static func expm1(_ x: Float) -> Float {
    let clamped = x < -104 ? -104 : (x > 89 ? 89 : x)
    let (n, q) = splitExp(clamped)
    let half = n &>> 1
    let first = powerOfTwo(half)
    let second = powerOfTwo(n &- half)
    // 2^n q + (2^n - 1)
    return Float(first * second - 1).addingProduct(first * q, second)
  }

  /// (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f in [sqrt(1/2), sqrt 2), 7e-10
  @inlinable @inline(__always)
  static func logTail(_ f: Float) -> Float {
    var p: Float = 6.746_640_801_4e-2
    p = Float(-1.167_565_211_7e-1).addingProduct(p, f)
    p = Float(1.188_816_204_7e-1).addingProduct(p, f)
    p = Float(-1.240_558_922_3e-1).addingProduct(p, f)
    p = Float(1.421_955_227_9e-1).addingProduct(p, f)
    p = Float(-1.666_799_634_7e-1).addingProduct(p, f)
    p = Float(2.000_211_924_3e-1).addingProduct(p, f)
    p = Float(-2.500_000_894_1e-1).addingProduct(p, f)
    return Float(3.333_331_346_5e-1).addingProduct(p, f)
  }

  @inlinable @inline(__always)
  public static func log(_ x: Float) -> Float {
    let subnormal = x < 0x1p-126
    let scaled = subnormal ? x * 0x1p23 : x
    // x = 2^n m with m in [sqrt(1/2), sqrt 2)
    let shifted = Int32(bitPattern: scaled.bitPattern) &- 0x3F35_04F3
    let n = Float(shifted &>> 23) - (subnormal ? 23 : 0)
    let m = Float(bitPattern: UInt32(bitPattern: (shifted & 0x007F_FFFF) &+ 0x3F35_04F3))
    let f = m - 1
    let square = f * f
    var tail = logTail(f) * f * square
    tail = tail.addingProduct(n, -2.121_944_417_012_8e-4)
    tail = tail.addingProduct(square, -0.5)
    let result = (f + tail).addingProduct(n, 0.693_359_375)
    let finite = x < .infinity ? result : x
    return x > 0 ? finite : (x == 0 ? -.infinity : .nan)
  }

  @inlinable @inline(__always)
  public static func log1p(_ x: Float) -> Float {
    // 2 artanh(s) with s = x / (2 + x)
    let s = x / (2 + x)
    let z = s * s
    // (2 artanh(s) - 2 s) / s^3 on [0, 1/3], 1e-10
    var p: Float = 2.428_960_055_1e-1
    p = Float(2.143_073_082e-1).addingProduct(p, z)
    p = Float(2.861_659_824_8e-1).addingProduct(p, z)
    p = Float(3.999_888_896_9e-1).addingProduct(p, z)
    p = Float(6.666_667_461_4e-1).addingProduct(p, z)
    return (2 * s).addingProduct(p * z, s)
  }

  @inlinable @inline(__always)
  public static func tanh(_ x: Float) -> Float {
    let z = x * x
    // (tanh(x) - x) / x^3 on [0, 0.63], 2e-10
    var p: Float = 2.126_227_133e-3
    p = Float(-8.159_555_494_8e-3).addingProduct(p, z)
    p = Float(2.169_368_043_5e-2).addingProduct(p, z)
    p = Float(-5.394_551_903e-2).addingProduct(p, z)
    p = Float(1.333_319_693_8e-1).addingProduct(p, z)
    p = Float(-3.333_333_134_7e-1).addingProduct(p, z)
    let small = x.addingProduct(p * z, x)
    let magnitude = x.magnitude
    let large = 1 - 2 / (exp(2 * magnitude) + 1)
    let signed = Float(bitPattern: large.bitPattern | (x.bitPattern & 0x8000_0000))
    return magnitude < 0.625 ? small : signed
  }

  @inlinable @inline(__always)
  public static func erf(_ x: Float) -> Float {
    let z = x * x
    // erf(x) / x - 1 on [0, 0.93], 5e-10
    var p: Float = 8.316_795_720_0e-5
    p = Float(-8.130_018_250_1e-4).addingProduct(p, z)
    p = Float(5.199_907_347_6e-3).addingProduct(p, z)
    p = Float(-2.685_894_258_3e-2).addingProduct(p, z)
    p = Float(1.128_368_750_2e-1).addingProduct(p, z)
    p = Float(-3.761_263_191_7e-1).addingProduct(p, z)
    p = Float(1.283_791_661_3e-1).addingProduct(p, z)
    let small = x.addingProduct(p, x)
    // log(1 - erf(t)) on [0.92, 4], 5e-11 of erf
    let magnitude = x.magnitude
    let t = magnitude < 4 ? magnitude : 4
    var l: Float = -2.109_496_381e-5
    l = Float(4.344_616_900_2e-4).addingProduct(l, t)
    l = Float(-4.171_058_535_6e-3).addingProduct(l, t)
    l = Float(2.511_941_641_6e-2).addingProduct(l, t)
    l = Float(-1.082_800_701_3e-1).addingProduct(l, t)
    l = Float(-6.333_469_152_5e-1).addingProduct(l, t)
    l = Float(-1.129_514_932_6).addingProduct(l, t)
    l = Float(1.746_831_985_7e-4).addingProduct(l, t)
    let large = 1 - exp(l)
    let signed = Float(bitPattern: large.bitPattern | (x.bitPattern & 0x8000_0000))
    let result = magnitude < 0.921_875 ? small : signed
    return x == x ? result : x
  }

  @inlinable @inline(__always)
  public static func sinCos(turn: UInt32) -> (sin: Float, cos: Float) {
    // The nearest quarter turn, and the signed rest within an eighth.
    let quarter = (turn &+ 0x2000_0000) &>> 30
    let rest = Int32(bitPattern: turn &- (quarter &<< 30))
    let x = Float(rest) * 1.462_918_079_3e-9
    let z = x * x
    // On [0, pi / 4]: (sin(x) - x) / x^3, 4e-9, and (cos(x) - 1 + x^2 / 2) / x^4, 1e-10
    var s: Float = -1.951_521_844_8e-4
    s = Float(8.332_160_301_5e-3).addingProduct(s, z)
    s = Float(-1.666_665_524_2e-1).addingProduct(s, z)
    let sine = x.addingProduct(s * z, x)
    var c: Float = 2.443_308_221_7e-5
    c = Float(-1.388_731_529e-3).addingProduct(c, z)
    c = Float(4.166_664_555_7e-2).addingProduct(c, z)
    let cosine = Float(1).addingProduct(z, -0.5).addingProduct(c * z, z)
    let swapped = quarter & 1 == 1
    let sineSign = (quarter &<< 30) & 0x8000_0000
    let cosineSign = ((quarter &+ 1) &<< 30) & 0x8000_0000
    let (a, b) = (swapped ? cosine : sine, swapped ? sine : cosine)
    return (Float(bitPattern: a.bitPattern ^ sineSign), Float(bitPattern: b.bitPattern ^ cosineSign))
  }

  @inlinable @inline(__always)
  public static func unit(_ high: UInt32, _ low: UInt32) -> Float { Float(Int32(high &>> 8)) * 0x1p-24 }

  @inlinable @inline(__always)
  public static func logUnit(_ bits: UInt32) -> Float {
    // `log` without its special cases, and with ln 2 in one part: n is at most 0, and 0 where the result is near 0.
    let unit = (Float(Int32(bits &>> 1)) + 0.5) * 0x1p-31
    let shifted = Int32(bitPattern: unit.bitPattern) &- 0x3F35_04F3
    let n = Float(shifted &>> 23)
    let f = Float(bitPattern: UInt32(bitPattern: (shifted & 0x007F_FFFF) &+ 0x3F35_04F3)) - 1
    let square = f * f
    let tail = (logTail(f) * f * square).addingProduct(square, -0.5)
    return (f + tail).addingProduct(n, 0.693_147_180_56)
  }

  @inlinable @inline(__always)
  public static func binaryParts(_ x: Float) -> (significand: Float, exponent: Float) {
    let subnormal = x < 0x1p-126
    let scaled = subnormal ? x * 0x1p23 : x
    let exponent = Float(Int32(bitPattern: scaled.bitPattern &>> 23) &- (subnormal ? 150 : 127))
    let significand = Float(bitPattern: scaled.bitPattern & 0x007F_FFFF | 0x3F80_0000)
    let finite = x < .infinity ? significand : x
    return (x > 0 ? finite : (x == 0 ? 0 : .nan), exponent)
  }
}
