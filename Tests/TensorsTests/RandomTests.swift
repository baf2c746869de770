import Foundation
import Tensors
import Testing

@Suite struct ThreefryTests {
  /// The known answers of the Random123 distribution for Threefry-2x32 with 20 rounds.
  @Test func knownAnswers() {
    #expect(Threefry.block(key: (0, 0), counter: (0, 0)) == (0x6b20_0159, 0x99ba_4efe))
    #expect(
      Threefry.block(key: (.max, .max), counter: (.max, .max)) == (0x1cb9_96fc, 0xbb00_2be7))
    #expect(
      Threefry.block(key: (0x1319_8a2e, 0x0370_7344), counter: (0x243f_6a88, 0x85a3_08d3)) == (0xc492_3a9c, 0x483d_f7a0)
    )
  }

  /// The same for 13 rounds.
  @Test func knownAnswersOfTheShortVersion() {
    #expect(Threefry.shortBlock(key: (0, 0), counter: (0, 0)) == (0x9d1c_5ec6, 0x8bd5_0731))
    #expect(Threefry.shortBlock(key: (.max, .max), counter: (.max, .max)) == (0xfd36_d048, 0x2d17_272c))
    #expect(
      Threefry.shortBlock(key: (0x1319_8a2e, 0x0370_7344), counter: (0x243f_6a88, 0x85a3_08d3))
        == (0xba3e_4725, 0xf27d_669e))
  }
}

@Suite struct RandomKeyTests {
  let key = RandomKey(seed: 42)

  @Test func labelsGiveDifferentKeys() {
    var keys: Set<RandomKey> = [key]
    for label in -100..<1000 { keys.insert(key.folded(label)) }
    #expect(keys.count == 1101)
    #expect(key.folded(1).folded(2) != key.folded(2).folded(1))
  }

  @Test func permutationsArePermutations() {
    for count in [0, 1, 2, 3, 1000] {
      #expect(key.permutation(count).sorted() == Array(0..<count))
    }
    #expect(key.permutation(1000) == key.permutation(1000))
    #expect(key.permutation(1000) != key.folded(1).permutation(1000))
  }

  /// Each of the 24 orders of 4 elements comes up about equally often.
  @Test func permutationsAreUniform() {
    var counts: [[Int]: Int] = [:]
    for i in 0..<24_000 { counts[key.folded(i).permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    let chiSquared = counts.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
    #expect(chiSquared < 60)  // 23 degrees of freedom: beyond 60 in 4 of 100,000 cases
  }
}

@Suite struct FillTests {
  let key = RandomKey(seed: 7)

  func fill<Scalar: TensorScalar>(
    _ offset: Int, _ count: Int,
    _ kernel: (RandomKey, Int, UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> [Scalar] {
    var vector = Vector<Scalar>(count: count)
    kernel(key, offset, vector.unsafeMutablePointer(), count)
    return vector.array
  }

  @Test func aBufferCanBeDrawnInPieces() {
    let kernels: [(RandomKey, Int, UnsafeMutablePointer<Float>, Int) -> Void] = [
      { Float.fillNormal($0, offset: $1, into: $2, count: $3) },
      { Float.fillUniform($0, offset: $1, into: $2, count: $3) },
      { Float.fillRademacher($0, offset: $1, into: $2, count: $3) },
    ]
    for kernel in kernels {
      let whole = fill(0, 5000, kernel)
      for (start, count) in [
        (0, 1), (1, 255), (100, 300), (256, 256), (255, 2), (700, 800), (1499, 1), (5, 0), (2047, 2500), (2048, 2049),
      ] {
        #expect(fill(start, count, kernel) == Array(whole[start..<(start + count)]))
      }
    }
  }

  @Test func normalNumbersHaveTheMomentsOfANormal() {
    let x = Vector<Float>.normal(key, count: 1 << 20).array.map { Double($0) }
    let n = Double(x.count)
    let moments = (1...4).map { power in x.reduce(0) { $0 + pow($1, Double(power)) } / n }
    #expect(abs(moments[0]) < 5 / n.squareRoot())
    #expect(abs(moments[1] - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(moments[2]) < 5 * (15 / n).squareRoot())
    #expect(abs(moments[3] - 3) < 5 * (96 / n).squareRoot())
    // Within the two outputs of a counter, and between neighbours.
    for lag in [1, 128] {
      let product = zip(x, x.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / n
      #expect(abs(product) < 5 / n.squareRoot())
    }
    // Kolmogorov and Smirnov
    let sorted = x.sorted()
    let distance = sorted.enumerated().reduce(0.0) { largest, item in
      max(largest, abs(0.5 * erfc(-item.element / 2.0.squareRoot()) - (Double(item.offset) + 0.5) / n))
    }
    #expect(distance * n.squareRoot() < 2)
  }

  @Test func doubleIsTheSameDrawWithMoreDigits() {
    let float = Vector<Float>.normal(key, count: 10_240).array
    let double = Vector<Double>.normal(key, count: 10_240).array
    for i in float.indices {
      // Near radius 0, the logarithm of a number just below 1 has few digits as a Float.
      let radius = hypot(double[i], double[i ^ 128])
      #expect(abs(Double(float[i]) - double[i]) < 5e-7 * max(1, radius) + 1.2e-7 / radius)
    }
    let uniform = zip(Vector<Float>.uniform(key, count: 1000).array, Vector<Double>.uniform(key, count: 1000).array)
    for (a, b) in uniform { #expect(Double(a) <= b && b - Double(a) < 0x1p-24) }
  }

  @Test func uniformNumbersAreInRangeAndEven() {
    let x = Vector<Float>.uniform(key, count: 200_000).array
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
    var counts = Array(repeating: 0.0, count: 100)
    for value in x { counts[Int(value * 100)] += 1 }
    #expect(counts.reduce(0) { $0 + pow($1 - 2000, 2) / 2000 } < 170)  // 99 degrees of freedom
  }

  @Test func signsAreSignsAndBalanced() {
    let x: [Float] = fill(0, 100_000) { Float.fillRademacher($0, offset: $1, into: $2, count: $3) }
    #expect(x.allSatisfy { $0.magnitude == 1 })
    #expect(abs(x.reduce(0, +)) < 5 * Float(100_000).squareRoot())
  }

  /// Neighbours, the bits of one word, the two words of a counter, and the groups.
  @Test func signsAreUncorrelated() {
    let x: [Float] = fill(0, 100_000) { Float.fillRademacher($0, offset: $1, into: $2, count: $3) }
    for lag in [1, 2, 32, 64, 128, 2048, 4096] {
      let products = (lag..<x.count).reduce(Float(0)) { $0 + x[$1] * x[$1 - lag] }
      #expect(abs(products) < 5 * Float(x.count).squareRoot(), "lag \(lag)")
    }
  }
}
