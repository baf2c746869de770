extension TensorScalar {
  /// The sum of the numbers that `term` gives, block by block: `term(start, n, scratch)` writes the terms
  /// start ..< start + n to scratch. The terms of a block are summed in 64 lanes of this type, the lanes and the blocks
  /// in Double, always in the same order. A block is 1024 bytes: what the compiler keeps on the stack.
  @inlinable @inline(__always)
  public static func blockSum(count: Int, _ term: (Int, Int, UnsafeMutablePointer<Self>) -> Void) -> Double {
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 64) { memory in
      let reductionBlock = 1024 / MemoryLayout<Self>.stride
      let scratch = memory.baseAddress.unsafelyUnwrapped.bindMemory(to: Self.self, capacity: reductionBlock)
      var total = 0.0
      var start = 0
      while start < count {
        let n = min(reductionBlock, count - start)
        term(start, n, scratch)
        let padded = (n + 63) & ~63
        for i in n..<padded { scratch[i] = 0 }
        total += laneSum(UnsafeRawPointer(scratch), padded)
        start += n
      }
      return total
    }
  }

  /// The sum of `count` numbers, a multiple of 64, in 64-byte aligned memory.
  @inlinable @inline(__always)
  static func laneSum(_ memory: UnsafeRawPointer, _ count: Int) -> Double {
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
    var sum = 0.0
    for i in 0..<16 { sum += Double(lane[i]) }
    return sum
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
    blockSum(count: count) { start, n, scratch in
      for i in 0..<n { scratch[i] = log(x[start + i]) }
    }
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
