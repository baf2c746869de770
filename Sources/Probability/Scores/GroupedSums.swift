/// What scores keep of the samples they have seen: sums that can be joined.
protocol SampleSums: Sendable {
  /// The samples that were added.
  var samples: Int { get }

  /// Adds what another has seen.
  mutating func join(_ other: Self)
}

/// The sums of each group of samples, from which those of all samples but a group are made.
struct GroupedSums<Sums: SampleSums>: Sendable {
  private let groups: JackknifeGroups
  private let empty: Sums
  private var finished: [Sums] = []
  /// Of the group that is being filled: samples are added here.
  var current: Sums

  init(_ groups: JackknifeGroups, empty: Sums) {
    self.groups = groups
    self.empty = empty
    current = empty
  }

  /// Begins the next group where the present one has all its samples.
  mutating func closeFullGroup() {
    precondition(finished.count < groups.count, "more than the \(groups.samples) samples that were announced")
    guard current.samples == groups.range(of: finished.count).count else { return }
    finished.append(current)
    current = empty
  }

  /// The standard errors of functions of the sums.
  ///
  /// - Parameters:
  ///   - values: The functions of all samples, by name.
  ///   - function: The same of some of the samples.
  func standardErrors<Name: Hashable>(
    of values: [Name: Double], _ function: (Sums) -> [Name: Double]
  ) -> [Name: Double] {
    precondition(finished.count == groups.count, "fewer than the \(groups.samples) samples that were announced")
    guard groups.count > 1 else { return [:] }
    var leftOut: [[Name: Double]] = []
    forEachLeftOut(0..<groups.count, outside: nil) { leftOut.append(function($0)) }
    return values.reduce(into: [:]) { errors, value in
      errors[value.key] = groups.standardError(of: value.value, leftOut: leftOut.map { $0[value.key] ?? .nan })
    }
  }

  /// Calls `body` for every group of a range, in their order, with the sums of all other groups.
  ///
  /// Halves the range again and again: sums are only ever joined, so that nothing cancels, G log G times; and of G groups
  /// about log G are held besides.
  ///
  /// - Parameter outside: The sums of the groups outside of the range; nil where there are none.
  private func forEachLeftOut(_ range: Range<Int>, outside: Sums?, _ body: (Sums) -> Void) {
    guard range.count > 1 else {
      if let outside { body(outside) }
      return
    }
    let middle = range.lowerBound + range.count / 2
    forEachLeftOut(range.lowerBound..<middle, outside: joined(middle..<range.upperBound, to: outside), body)
    forEachLeftOut(middle..<range.upperBound, outside: joined(range.lowerBound..<middle, to: outside), body)
  }

  private func joined(_ range: Range<Int>, to outside: Sums?) -> Sums {
    var sums = outside ?? empty
    for group in range { sums.join(finished[group]) }
    return sums
  }
}

extension [Double] {
  /// Adds the elements of as long an array.
  mutating func add(_ other: [Double]) {
    precondition(count == other.count, "\(count) and \(other.count) numbers are not to be added")
    withUnsafeMutableBufferPointer { sums in
      other.withUnsafeBufferPointer { terms in
        for i in 0..<sums.count { sums[i] += terms[i] }
      }
    }
  }
}
