/// Copies of short, equally spaced runs.
enum Runs {
  /// Copies `runs` runs of `count` numbers. They are short, so that a call of memcpy would cost more than the copy.
  @inline(__always)
  static func copy<Element: SIMDScalar>(
    _ source: UnsafePointer<Element>, every sourceStep: Int, into target: UnsafeMutablePointer<Element>,
    every targetStep: Int, runs: Int, count: Int
  ) {
    if count >= 32 {
      for run in 0..<runs {
        copyVectors(source + run * sourceStep, into: target + run * targetStep, count: count)
      }
    } else if count >= 16 {
      for run in 0..<runs {
        copyPair(SIMD16<Element>.self, source + run * sourceStep, into: target + run * targetStep, count)
      }
    } else if count >= 8 {
      for run in 0..<runs {
        copyPair(SIMD8<Element>.self, source + run * sourceStep, into: target + run * targetStep, count)
      }
    } else if count >= 4 {
      for run in 0..<runs {
        copyPair(SIMD4<Element>.self, source + run * sourceStep, into: target + run * targetStep, count)
      }
    } else {
      for run in 0..<runs {
        for i in 0..<count { target[run * targetStep + i] = source[run * sourceStep + i] }
      }
    }
  }

  /// Between one and two vectors of numbers: the second vector overlaps the first, so that nothing is left over.
  @inline(__always)
  static func copyPair<Element, Lanes: SIMD>(
    _: Lanes.Type, _ source: UnsafePointer<Element>, into target: UnsafeMutablePointer<Element>, _ count: Int
  ) where Lanes.Scalar == Element {
    let (source, target) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    let second = count * MemoryLayout<Element>.stride - MemoryLayout<Lanes>.size
    let (a, b) = (source.loadUnaligned(as: Lanes.self), source.loadUnaligned(fromByteOffset: second, as: Lanes.self))
    target.storeBytes(of: a, as: Lanes.self)
    target.storeBytes(of: b, toByteOffset: second, as: Lanes.self)
  }

  /// At least one vector of 16; the last one overlaps the one before it.
  @inline(__always)
  static func copyVectors<Element: SIMDScalar>(
    _ source: UnsafePointer<Element>, into target: UnsafeMutablePointer<Element>, count: Int
  ) {
    var start = 0
    while start < count - 16 {
      UnsafeMutableRawPointer(target + start)
        .storeBytes(
          of: UnsafeRawPointer(source + start).loadUnaligned(as: SIMD16<Element>.self), as: SIMD16<Element>.self)
      start += 16
    }
    let rest = count - 16
    UnsafeMutableRawPointer(target + rest)
      .storeBytes(of: UnsafeRawPointer(source + rest).loadUnaligned(as: SIMD16<Element>.self), as: SIMD16<Element>.self)
  }
}
