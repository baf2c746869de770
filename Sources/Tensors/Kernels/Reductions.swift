extension TensorScalar {
  /// The sum of the numbers that `term` gives, block by block: `term(start, n, scratch)` writes the terms
  /// start ..< start + n to scratch. The terms of a block are summed in 64 lanes of this type, the lanes and the blocks
  /// in Double, always in the same order.
  @inlinable @inline(__always)
  public static func blockSum(count: Int, _ term: (Int, Int, UnsafeMutablePointer<Self>) -> Void) -> Double {
    withReductionBlock { scratch, block in
      var total = SIMD8<Double>.zero
      var start = 0
      while start < count {
        let n = min(block, count - start)
        term(start, n, scratch)
        let padded = (n + 63) & ~63
        for i in n..<padded { scratch[i] = 0 }
        addLanes(UnsafeRawPointer(scratch), padded, to: &total)
        start += n
      }
      return total.sum()
    }
  }

  /// The sum of some terms, and that of the logarithms of some factors in [1, 2]; `term(start, n, terms, factors)`
  /// writes both. Up to 96 factors are multiplied before the logarithm is taken: the product is at most 2^96, and about
  /// as accurate as the sum of so many rounded logarithms.
  @inlinable @inline(__always)
  public static func blockSums(
    count: Int, _ term: (Int, Int, UnsafeMutablePointer<Self>, UnsafeMutablePointer<Self>) -> Void
  ) -> (terms: Double, logs: Double) {
    withReductionBlock { terms, block in
      withReductionBlock { factors, _ in
        var (total, logs) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        var product = SIMD16<Self>(repeating: 1)
        var (start, blocks) = (0, 0)
        while start < count {
          let n = min(block, count - start)
          term(start, n, terms, factors)
          let padded = (n + 63) & ~63
          for i in n..<padded {
            terms[i] = 0
            factors[i] = 1
          }
          addLanes(UnsafeRawPointer(terms), padded, to: &total)
          product *= laneProduct(UnsafeRawPointer(factors), padded)
          start += n
          blocks += 1
          if blocks & 7 == 0 || start >= count {
            for i in 0..<16 { factors[i] = log(product[i]) }
            for i in 0..<8 { logs[i] += Double(factors[i]) + Double(factors[i + 8]) }
            product = SIMD16(repeating: 1)
          }
        }
        return (total.sum(), logs.sum())
      }
    }
  }

  /// Memory for a multiple of 64 numbers, 64-byte aligned. Memory is on the stack up to 1024 bytes, and where no more
  /// than the usual alignment is asked for; so the alignment is made here.
  @inlinable @inline(__always)
  static func withReductionBlock<Result>(_ body: (UnsafeMutablePointer<Self>, Int) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { memory in
      let aligned = memory.baseAddress.unsafelyUnwrapped.alignedUp(toMultipleOf: 64)
      let block = 960 / MemoryLayout<Self>.stride & ~63
      return body(aligned.assumingMemoryBound(to: Self.self), block)
    }
  }

  /// Adds `count` numbers, a multiple of 64, in 64-byte aligned memory.
  @inlinable @inline(__always)
  static func addLanes(_ memory: UnsafeRawPointer, _ count: Int, to total: inout SIMD8<Double>) {
    var (a, b) = (SIMD16<Self>.zero, SIMD16<Self>.zero)
    var (c, d) = (SIMD16<Self>.zero, SIMD16<Self>.zero)
    let lanes = memory.assumingMemoryBound(to: SIMD16<Self>.self)
    for i in stride(from: 0, to: count / 16, by: 4) {
      a += lanes[i]
      b += lanes[i + 1]
      c += lanes[i + 2]
      d += lanes[i + 3]
    }
    let lane = (a + b) + (c + d)
    // Lane by lane, because the vectors' own conversion is not inlined.
    for i in 0..<8 { total[i] += Double(lane[i]) + Double(lane[i + 8]) }
  }

  /// The products in 16 lanes of `count` numbers, a multiple of 64, in 64-byte aligned memory.
  @inlinable @inline(__always)
  static func laneProduct(_ memory: UnsafeRawPointer, _ count: Int) -> SIMD16<Self> {
    let lanes = memory.assumingMemoryBound(to: SIMD16<Self>.self)
    var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
    for i in stride(from: 4, to: count / 16, by: 4) {
      a *= lanes[i]
      b *= lanes[i + 1]
      c *= lanes[i + 2]
      d *= lanes[i + 3]
    }
    return (a * b) * (c * d)
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func sum(_ x: UnsafePointer<Self>, count: Int) -> Double {
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = x[start + i] }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double {
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = x[start + i] * x[start + i] }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func sumOfLogs(_ x: UnsafePointer<Self>, count: Int) -> Double {
    let sums = blockSums(count: count) { start, n, exponents, significands in
      for i in 0..<n { (significands[i], exponents[i]) = binaryParts(x[start + i]) }
    }
    return sums.terms * 0.693_147_180_559_945_3 + sums.logs
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func allFinite(_ x: UnsafePointer<Self>, count: Int) -> Bool {
    // x - x is 0 for a finite x and NaN otherwise; NaN stays through every sum.
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = x[start + i] - x[start + i] }
    } == 0
  }
}
