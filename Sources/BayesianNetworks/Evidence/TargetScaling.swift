import Foundation

/// The units of a regression's targets: target in its own units = mean + scale * target as the network sees it.
public struct TargetScaling: Hashable, Sendable {
  public var mean: Double
  public var scale: Double

  public init(mean: Double = 0, scale: Double = 1) {
    precondition(scale > 0 && scale.isFinite && mean.isFinite, "targets cannot be scaled by \(scale) around \(mean)")
    self.mean = mean
    self.scale = scale
  }

  /// The targets are used as they are.
  public static let identity = TargetScaling()

  /// What a log density of one target loses in the change to its own units.
  var logScale: Double { log(scale) }
}
