import Foundation

/// A dimension on which the training loss of a network depends continuously: the weights' best response to it can be
/// learned, and followed by gradients. Explored without bounds: scales as logarithms, weights and rates as logits.
package enum Hyperparameter: Hashable, Sendable {
  case priorScale
  /// That of a group of weights, a layer or a single weight.
  case groupScale(Int)
  case mixtureWeight
  case mixtureWide
  case mixtureNarrow
  case likelihoodScale
  case temperature
  case dropout
  case inputDropout
  case inputNoise
  case shift

  /// Those that are numbers of their own.
  private static let single: [Self] = [
    .priorScale, .mixtureWeight, .mixtureWide, .mixtureNarrow, .likelihoodScale, .temperature, .dropout, .inputDropout,
    .inputNoise, .shift,
  ]
  private static let groups = "inference.prior.scales"

  /// The fields of the sweep file that are, or hold, hyperparameters.
  package static let paths = single.map(\.path) + [groups]

  package init?(path: String) {
    if let match = Self.single.first(where: { $0.path == path }) {
      self = match
    } else if path.hasPrefix(Self.groups + "."), let index = Int(path.dropFirst(Self.groups.count + 1)), index >= 0 {
      self = .groupScale(index)
    } else {
      return nil
    }
  }

  /// The field of the sweep file.
  package var path: String {
    switch self {
    case .priorScale: "inference.prior.scale"
    case .groupScale(let index): "\(Self.groups).\(index)"
    case .mixtureWeight: "inference.prior.mixture.weight"
    case .mixtureWide: "inference.prior.mixture.wide"
    case .mixtureNarrow: "inference.prior.mixture.narrow"
    case .likelihoodScale: "model.likelihood.scale"
    case .temperature: "inference.temperature"
    case .dropout: "model.dropout"
    case .inputDropout: "model.inputDropout"
    case .inputNoise: "training.inputNoise"
    case .shift: "training.shift"
    }
  }

  /// The value as it is explored. The mixture's scales are logarithms in the sweep file already.
  package func unbounded(_ value: Double) -> Double {
    switch self {
    case .priorScale, .groupScale, .likelihoodScale, .temperature, .inputNoise, .shift: log(value)
    case .mixtureWeight, .dropout, .inputDropout: log(value) - log1p(-value)
    case .mixtureWide, .mixtureNarrow: value
    }
  }

  package func value(unbounded: Double) -> Double {
    switch self {
    case .priorScale, .groupScale, .likelihoodScale, .temperature, .inputNoise, .shift: exp(unbounded)
    case .mixtureWeight, .dropout, .inputDropout: 1 / (1 + exp(-unbounded))
    case .mixtureWide, .mixtureNarrow: unbounded
    }
  }
}

extension SweepConfiguration {
  /// The dimensions that a strategy which explores leaves to trials, because the training loss does not depend on them
  /// continuously; nil for other strategies.
  package var dimensionsLeftToTrials: [String]? {
    guard strategy.kind.explores else { return nil }
    let explored = exploredDimensions
    return space.dimensions.compactMap { dimension in
      explored.contains(dimension.name) || strategy.relax && canRelax(dimension) ? nil : dimension.name
    }
  }

  /// The dimensions that can be explored at some point of the space.
  package var exploredDimensions: Set<String> {
    samplePoints.reduce(into: []) { names, point in names.formUnion(explored(at: point).map(\.dimension)) }
  }

  /// Points that have all values of lists between them: multiples of the golden ratio's powers.
  var samplePoints: [Point] {
    (0..<64).map { index in
      var step = 1.0
      return space.point(
        at: space.dimensions.map { _ in
          step *= 0.618_033_988_749_894_9
          return (0.5 + step * Double(index)).truncatingRemainder(dividingBy: 1)
        })
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

  /// The regions that are explored at a point, each by itself: the box of all that can be explored, for a hypernetwork cut in
  /// the middle of its widest side until there are as many as are wanted. Empty where nothing can be explored.
  package func regions(at point: Point) -> [Exploration] {
    let sides = explored(at: point)
    guard !sides.isEmpty else { return [] }
    var regions = [Exploration(sides)]
    guard strategy.kind == .hypernetwork else { return regions }
    while strategy.regions.map({ regions.count < $0 }) ?? true {
      let widest = regions.map { $0.sides.map(\.width).max() ?? 0 }
      guard let width = widest.max(), width > (strategy.regions == nil ? Self.widestSide : 0),
        let place = widest.firstIndex(of: width), regions.count < 1024
      else { break }
      regions.replaceSubrange(place...place, with: regions[place].halves)
    }
    return regions
  }

  /// What a hypernetwork is asked to learn at once, in units of logarithms and logits.
  private static let widestSide = 6.0

  /// Whether the training loss of this configuration is a smooth function of a hyperparameter.
  package func dependsContinuously(on hyperparameter: Hyperparameter) -> Bool {
    let prior = inference.prior
    let isVariational = inference.method == .bayesByBackprop
    if isVariational, prior.kind != .gaussian, prior.kind != .scaleMixture { return false }
    // The explored bound has no masks, and cannot be that of all folds.
    if isVariational, model.dropout > 0 || model.inputDropout > 0 || followsFoldsTogether { return false }
    let isEvidence = objective.metric == "laplace_evidence"
    switch hyperparameter {
    case .priorScale:
      guard prior.grouping == nil else { return false }
      guard isVariational else { return inference.method.hasPenalty && prior.kind == .gaussian }
      return prior.kind == .gaussian || prior.kind == .scaleMixture && prior.mixture.wide == nil
    case .groupScale: return prior.grouping != nil && (isVariational || inference.method.hasPenalty)
    case .mixtureWeight, .mixtureNarrow: return isVariational && prior.kind == .scaleMixture
    case .mixtureWide: return isVariational && prior.kind == .scaleMixture && prior.mixture.wide != nil
    case .likelihoodScale:
      return (isVariational || inference.method.trainsPoint) && model.likelihood.kind == .gaussian
        && !model.likelihood.learned
    // The bound is evidence at temperature 1 alone.
    case .temperature: return isVariational && objective.metric != "elbo"
    case .dropout:
      return !isEvidence && inference.method.trainsPoint && model.architecture == .mlp && !model.hidden.isEmpty
    case .inputDropout: return !isEvidence && inference.method.trainsPoint && model.architecture == .mlp
    // A bound and an evidence are those of clean inputs: other data can tell a good strength.
    case .inputNoise, .shift:
      return ["lppd", "nll"].contains(objective.metric) && (isVariational || inference.method.trainsPoint)
    }
  }
}

extension SweepConfiguration {
  var followsFoldsTogether: Bool { strategy.kind == .gradient && strategy.folds == .together }
}

extension InferenceConfiguration.Method {
  /// Whether the weights are trained as a point, with a loss that can be explored.
  package var trainsPoint: Bool {
    switch self {
    case .maximumLikelihood, .maximumAPosteriori, .monteCarloDropout, .laplace: true
    default: false
    }
  }

  /// Whether that loss has the prior in it.
  fileprivate var hasPenalty: Bool { trainsPoint && self != .maximumLikelihood }

  /// Those whose losses can be explored.
  static let explorable: [Self] = [
    .bayesByBackprop, .maximumAPosteriori, .maximumLikelihood, .monteCarloDropout, .laplace,
  ]
}

extension Exploration.Side {
  /// In units of logarithms and logits.
  fileprivate var width: Double {
    guard let hyperparameter = Hyperparameter(path: dimension) else { return 0 }
    let width = hyperparameter.unbounded(range.upperBound) - hyperparameter.unbounded(range.lowerBound)
    // A box that leaves the domain is no wider for it; that it does is said where it is explored.
    return width.isFinite ? width : 0
  }

  fileprivate var middle: Double {
    guard let hyperparameter = Hyperparameter(path: dimension) else { return range.lowerBound }
    let ends = [range.lowerBound, range.upperBound].map { hyperparameter.unbounded($0) }
    return min(max(hyperparameter.value(unbounded: 0.5 * (ends[0] + ends[1])), range.lowerBound), range.upperBound)
  }
}

extension Exploration {
  /// Its two halves along the widest side.
  fileprivate var halves: [Exploration] {
    let widths = sides.map(\.width)
    guard let place = widths.firstIndex(of: widths.max() ?? 0) else { return [self] }
    let (range, middle) = (sides[place].range, sides[place].middle)
    return [range.lowerBound...middle, middle...range.upperBound].map { part in
      var half = self
      half.sides[place].range = part
      return half
    }
  }
}
