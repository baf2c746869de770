import COpenBLAS
import Foundation

extension Double: TensorScalar {
  @inline(__always)
  public static func sqrt(_ x: Double) -> Double { hpsearch_sqrt(x) }

  public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  public static func expm1(_ x: Double) -> Double { Foundation.expm1(x) }
  public static func log(_ x: Double) -> Double { Foundation.log(x) }
  public static func log1p(_ x: Double) -> Double { Foundation.log1p(x) }
  public static func tanh(_ x: Double) -> Double { Foundation.tanh(x) }
  public static func erf(_ x: Double) -> Double { Foundation.erf(x) }

  public static func sinCos(turn: UInt32) -> (sin: Double, cos: Double) {
    let angle = Double(Int32(bitPattern: turn)) * (Double.pi * 0x1p-31)
    return (Foundation.sin(angle), Foundation.cos(angle))
  }

  public static func unit(_ high: UInt32, _ low: UInt32) -> Double {
    Double(UInt64(high) &<< 21 | UInt64(low) &>> 11) * 0x1p-53
  }

  public static func logUnit(_ bits: UInt32) -> Double { log((Double(bits &>> 1) + 0.5) * 0x1p-31) }

  @inlinable @inline(__always)
  public static func binaryParts(_ x: Double) -> (significand: Double, exponent: Double) {
    let subnormal = x < 0x1p-1022
    let scaled = subnormal ? x * 0x1p52 : x
    let exponent = Double(Int64(bitPattern: scaled.bitPattern &>> 52) &- (subnormal ? 1075 : 1023))
    let significand = Double(bitPattern: scaled.bitPattern & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    let finite = x < .infinity ? significand : x
    return (x > 0 ? finite : (x == 0 ? 0 : .nan), exponent)
  }
}
