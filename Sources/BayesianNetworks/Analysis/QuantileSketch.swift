/// Quantiles of a stream of numbers in fixed memory: counts of numbers that agree in their sign, exponent and first nine
/// binary digits. A quantile is exact to 1 part in 1000; the smallest and the largest number are exact.
struct QuantileSketch: Sendable {
  private var bins = [Int](repeating: 0, count: 1 << 18)
  private(set) var count = 0
  private(set) var smallest = Double.infinity
  private(set) var largest = -Double.infinity

  mutating func add(_ values: some Sequence<Double>) {
    for value in values {
      // A number that is not one has no place among the others.
      if value.isNaN { continue }
      bins[Self.bin(Float(value))] += 1
      count += 1
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
  }

  /// The smallest number that a fraction of all numbers is at or below; nil without numbers.
  func quantile(_ fraction: Double) -> Double? {
    precondition(fraction >= 0 && fraction <= 1, "a quantile belongs to a fraction in [0, 1], got \(fraction)")
    guard count > 0 else { return nil }
    let rank = max(1, Int((fraction * Double(count)).rounded(.up)))
    if rank == 1 { return smallest }
    if rank == count { return largest }
    var seen = 0
    for (bin, number) in bins.enumerated() where number > 0 {
      seen += number
      if seen >= rank { return min(max(Self.middle(of: bin), smallest), largest) }
    }
    return largest
  }

  /// Bins in the order of their numbers: the bits of a Float, inverted for negative ones.
  private static func bin(_ value: Float) -> Int {
    let bits = (value == 0 ? 0 : value).bitPattern
    return Int((bits >> 31 == 1 ? ~bits : bits | 1 << 31) >> 14)
  }

  private static func middle(of bin: Int) -> Double {
    let key = UInt32(bin) << 14
    let edge = key >> 31 == 1 ? key & ~(1 << 31) : ~(key | 0x3FFF)
    // 0 and the smallest numbers share a bin, which stands for 0; infinity has no middle.
    let middle = Float(bitPattern: edge == 0 ? 0 : edge | 0x2000)
    return Double(middle.isNaN ? Float(bitPattern: edge) : middle)
  }
}
