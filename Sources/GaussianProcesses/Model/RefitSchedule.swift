/// When the hyperparameters are to be fitted again: after every observation at first, then whenever the number of
/// observations has grown by a share, because a new one changes the posterior of hyperparameters ever less. In between,
/// observations are appended in O(n^2).
public struct RefitSchedule: Hashable, Sendable {
  /// Up to this many observations each one causes a fit.
  public var always = 50
  /// The share by which the number must have grown after that.
  public var growth = 0.05

  public init() {}

  /// - Parameter last: The number of observations at the last fit; nil: there was none.
  public func isDue(count: Int, last: Int?) -> Bool {
    guard let last, count >= last else { return true }
    return count > last && (count <= always || Double(count) >= Double(last) * (1 + growth))
  }
}
