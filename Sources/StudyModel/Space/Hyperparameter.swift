import Foundation

/// A dimension on which the training loss of a variational network depends continuously: the weights' best response to it
/// can be learned, and followed by gradients. Explored without bounds: scales as logarithms, a weight as its logit.
package enum Hyperparameter: Hashable, Sendable, CaseIterable {
  case priorScale
  case mixtureWeight
  case mixtureWide
  case mixtureNarrow
  case likelihoodScale

  package init?(path: String) {
    guard let match = Self.allCases.first(where: { $0.path == path }) else { return nil }
    self = match
  }

  /// The field of the sweep file.
  package var path: String {
    switch self {
    case .priorScale: "inference.prior.scale"
    case .mixtureWeight: "inference.prior.mixture.weight"
    case .mixtureWide: "inference.prior.mixture.wide"
    case .mixtureNarrow: "inference.prior.mixture.narrow"
    case .likelihoodScale: "model.likelihood.scale"
    }
  }

  /// The value as it is explored. The mixture's scales are logarithms in the sweep file already.
  package func unbounded(_ value: Double) -> Double {
    switch self {
    case .priorScale, .likelihoodScale: log(value)
    case .mixtureWeight: log(value) - log1p(-value)
    case .mixtureWide, .mixtureNarrow: value
    }
  }

  package func value(unbounded: Double) -> Double {
    switch self {
    case .priorScale, .likelihoodScale: exp(unbounded)
    case .mixtureWeight: 1 / (1 + exp(-unbounded))
    case .mixtureWide, .mixtureNarrow: unbounded
    }
  }
}

extension SweepConfiguration {
  /// The dimensions that a strategy which explores leaves to trials, because the training loss does not depend on them
  /// continuously; nil for other strategies.
  package var dimensionsLeftToTrials: [String]? {
    guard strategy.kind == .hypernetwork else { return nil }
    return space.dimensions.compactMap { dimension in
      if case .float = dimension.domain, Hyperparameter(path: dimension.name) != nil { return nil }
      return dimension.name
    }
  }

  /// The dimensions that can be explored at a point, with their ranges, in the order of the space. The point has the values
  /// of all active dimensions.
  package func explored(at point: Point) -> [Exploration.Side] {
    guard objective.isNetwork, let configuration = try? applying(point) else { return [] }
    return space.dimensions.compactMap { dimension in
      guard point[dimension.name] != nil, case .float(let range, _, _) = dimension.domain,
        range.lowerBound < range.upperBound, let hyperparameter = Hyperparameter(path: dimension.name),
        configuration.dependsContinuously(on: hyperparameter)
      else { return nil }
      return Exploration.Side(dimension.name, range)
    }
  }

  /// Whether the training loss of this configuration is a smooth function of a hyperparameter.
  package func dependsContinuously(on hyperparameter: Hyperparameter) -> Bool {
    guard inference.method == .bayesByBackprop else { return false }
    let prior = inference.prior
    switch hyperparameter {
    case .priorScale: return prior.kind == .gaussian || prior.kind == .scaleMixture && prior.mixture.wide == nil
    case .mixtureWeight, .mixtureNarrow: return prior.kind == .scaleMixture
    case .mixtureWide: return prior.kind == .scaleMixture && prior.mixture.wide != nil
    case .likelihoodScale: return model.likelihood.kind == .gaussian && !model.likelihood.learned
    }
  }
}
