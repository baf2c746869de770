/// The k-th smallest of many numbers without sorting them: numbers that are not negative are ordered like their bits, of
/// which 16 are decided in each of four passes.
struct Selection {
  private let values: [Double]

  /// - Parameter values: Not negative. NaN counts as greater than all others.
  init(_ values: [Double]) {
    self.values = values
  }

  /// The value that `count` numbers are at or below, and how many are below it: those, and then the first of its equals in
  /// the order of their numbers, make up the `count` smallest. `count` >= 1.
  func threshold(count: Int) -> (value: Double, below: Int) {
    precondition(count >= 1 && count <= values.count, "there are no \(count) smallest of \(values.count) numbers")
    var (known, mask) = (UInt64(0), UInt64(0))
    var below = 0
    var bins = [Int](repeating: 0, count: 1 << 16)
    for shift: UInt64 in [48, 32, 16, 0] {
      for bin in bins.indices { bins[bin] = 0 }
      for value in values {
        let bits = value.magnitude.bitPattern
        if bits & mask == known { bins[Int((bits >> shift) & 0xFFFF)] += 1 }
      }
      var bin = 0
      while below + bins[bin] < count {
        below += bins[bin]
        bin += 1
      }
      known |= UInt64(bin) << shift
      mask |= 0xFFFF << shift
    }
    return (Double(bitPattern: known), below)
  }
}
