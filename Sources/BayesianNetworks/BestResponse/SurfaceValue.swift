/// What a hypernetwork says of one point of the hyperparameters.
package struct SurfaceValue: Hashable, Sendable {
  package var hyperparameters: [Double]
  /// Q(w(h), h), the mean over the members.
  package var value: Double
  /// Standard deviation of the members' values; nil for one member.
  package var spread: Double?
  /// What Q falls by where the first member's weights are trained on for a few steps at fixed hyperparameters; nil where
  /// that was not done.
  package var tuningGap: Double?

  package init(hyperparameters: [Double], value: Double, spread: Double? = nil, tuningGap: Double? = nil) {
    self.hyperparameters = hyperparameters
    self.value = value
    self.spread = spread
    self.tuningGap = tuningGap
  }

  /// How far off the value may be: the members' spread and the gap together; nil where neither is known.
  package var error: Double? {
    guard spread != nil || tuningGap != nil else { return nil }
    let (spread, gap) = (spread ?? 0, tuningGap ?? 0)
    return (spread * spread + gap * gap).squareRoot()
  }
}
