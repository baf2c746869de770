/// The delete-a-group jackknife: the standard error of a function of S samples from its values without each of G groups of
/// them (Wolter 2007, ch. 4).
///
/// Of a function that jumps it is too large, the less so the larger the groups are (Shao and Wu 1989).
///
/// A group holds successive samples, so that the correlation between the neighbours of a chain is counted, as far as it
/// does not reach from one group into the next. Sizes differ by one at most. With G groups the standard error is itself
/// known to about 1 / sqrt(2 (G - 1)) of its value.
public struct JackknifeGroups: Hashable, Sendable {
  /// S.
  public let samples: Int
  /// G.
  public let count: Int

  /// - Parameter most: The number of groups, where there are so many samples; each sample is a group otherwise.
  public init(samples: Int, most: Int = 20) {
    precondition(samples >= 1 && most >= 2, "\(samples) samples are not to be parted into \(most) groups")
    self.samples = samples
    count = min(samples, most)
  }

  /// The samples of a group.
  public func range(of group: Int) -> Range<Int> {
    (samples * group / count)..<(samples * (group + 1) / count)
  }

  /// The standard error of a function of all samples.
  ///
  /// With m_g samples in group g, h_g = S / m_g and the pseudo-values u_g = h_g theta - (h_g - 1) theta_(-g), the variance is
  /// (1/G) sum_g (u_g - u)^2 / (h_g - 1) around u = sum_g (m_g / S) u_g (Busing, Meijer and van der Leeden 1999). For groups
  /// of one size that is (G - 1) / G sum_g (theta_(-g) - mean)^2; of a mean of independent samples it is unbiased.
  ///
  /// - Parameters:
  ///   - value: theta.
  ///   - leftOut: theta_(-g), the function of all samples but those of group g.
  /// - Returns: nil for one group. Infinity where theta is finite and one of the theta_(-g) is not: a single group holds
  ///   the value up. NaN where theta is not finite.
  public func standardError(of value: Double, leftOut: [Double]) -> Double? {
    precondition(leftOut.count == count, "\(leftOut.count) values for \(count) groups")
    guard count > 1 else { return nil }
    guard value.isFinite else { return .nan }
    guard leftOut.allSatisfy(\.isFinite) else { return .infinity }
    let s = Double(samples)
    let sizes = leftOut.indices.map { Double(range(of: $0).count) }
    // u_g - theta: the pseudo-values themselves would lose digits.
    let differences = zip(leftOut, sizes).map { (s / $1 - 1) * (value - $0) }
    let mean = zip(differences, sizes).reduce(0) { $0 + $1.0 * $1.1 / s }
    let variance = zip(differences, sizes).reduce(0) { sum, term in
      let difference = term.0 - mean
      return sum + difference * difference / (s / term.1 - 1)
    }
    return (variance / Double(count)).squareRoot()
  }
}
