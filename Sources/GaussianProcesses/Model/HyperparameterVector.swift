import Foundation

/// The hyperparameters that a fit searches, as a vector of logarithms with bounds and priors: length scales, distances
/// of conditional numbers, warps of numbers, signal variance, noise variance. The mean is not in it, because its best
/// value is known in closed form.
package struct HyperparameterVector {
  package enum Element: Hashable {
    case lengthScale(Int)
    case inactiveDistance(Int)
    case warpA(Int)
    case warpB(Int)
    case signalVariance
    case noiseVariance
  }

  static let lengthScaleBounds = 2.5e-2...1e3
  static let inactiveDistanceBounds = 1e-3...1e2
  static let warpBounds = 0.25...4
  static let signalVarianceBounds = 1e-2...1e3
  /// With less, the covariance matrix of some hundred points of a smooth function has no reliable factor in double
  /// precision; with more, the process takes the last digits of a deterministic function's best values for noise: with
  /// 1e-6 Branin's function was searched to 2e-5 in 60 trials, with 1e-8 to 1e-6.
  static let noiseVarianceBounds = 1e-9...4
  /// A search starts with at least this, where the covariance matrix has a factor for sure, whatever the last fit ended at;
  /// one that goes on from a fit close by does so only where there is no factor with that fit's own.
  static let leastInitialNoiseVariance = 1e-6

  let features: [InputFeature]
  let priors: HyperparameterPriors
  let isWarped: Bool
  package let elements: [Element]

  package init(_ features: [InputFeature], priors: HyperparameterPriors, isWarped: Bool) {
    self.features = features
    self.priors = priors
    self.isWarped = isWarped
    let numbers = features.indices.filter { features[$0].isNumber }
    var elements = features.indices.map { Element.lengthScale($0) }
    elements += numbers.filter { features[$0].isConditional }.map { .inactiveDistance($0) }
    if isWarped { elements += numbers.flatMap { [.warpA($0), .warpB($0)] } }
    if priors.signalVariance != nil { elements.append(.signalVariance) }
    if priors.noiseVariance != nil { elements.append(.noiseVariance) }
    self.elements = elements
  }

  package func bounds(_ element: Element) -> ClosedRange<Double> {
    switch element {
    case .lengthScale: Self.lengthScaleBounds
    case .inactiveDistance: Self.inactiveDistanceBounds
    case .warpA, .warpB: Self.warpBounds
    case .signalVariance: Self.signalVarianceBounds
    case .noiseVariance: Self.noiseVarianceBounds
    }
  }

  package var lower: [Double] { elements.map { log(bounds($0).lowerBound) } }
  package var upper: [Double] { elements.map { log(bounds($0).upperBound) } }

  func prior(_ element: Element) -> LogNormalPrior {
    switch element {
    case .lengthScale: priors.lengthScale
    case .inactiveDistance: priors.inactiveDistance
    case .warpA, .warpB: priors.warpShape
    case .signalVariance: priors.signalVariance.unsafelyUnwrapped
    case .noiseVariance: priors.noiseVariance.unsafelyUnwrapped
    }
  }

  package func vector(_ hyperparameters: Hyperparameters) -> [Double] {
    elements.map { element in
      switch element {
      case .lengthScale(let index): log(hyperparameters.lengthScales[index])
      case .inactiveDistance(let index): log(hyperparameters.inactiveDistances[index])
      case .warpA(let index): log(hyperparameters.warps?[index].a ?? 1)
      case .warpB(let index): log(hyperparameters.warps?[index].b ?? 1)
      case .signalVariance: log(hyperparameters.signalVariance)
      case .noiseVariance: log(max(hyperparameters.noiseVariance, Self.noiseVarianceBounds.lowerBound))
      }
    }
  }

  package func hyperparameters(_ vector: [Double], mean: Double = 0) -> Hyperparameters {
    var result = Hyperparameters(
      lengthScales: features.map { _ in priors.lengthScale.mode },
      inactiveDistances: features.map { _ in priors.inactiveDistance.mode },
      warps: isWarped ? features.map { _ in .identity } : nil, noiseVariance: 0, mean: mean)
    for (element, value) in zip(elements, vector) {
      switch element {
      case .lengthScale(let index): result.lengthScales[index] = exp(value)
      case .inactiveDistance(let index): result.inactiveDistances[index] = exp(value)
      case .warpA(let index): result.warps?[index].a = exp(value)
      case .warpB(let index): result.warps?[index].b = exp(value)
      case .signalVariance: result.signalVariance = exp(value)
      case .noiseVariance: result.noiseVariance = exp(value)
      }
    }
    return result
  }

  /// The prior's mode within the bounds.
  package var mode: [Double] { clamped(elements.map { log(prior($0).mode) }) }

  /// A draw from the prior, spread less than it because its tails hold no good starts.
  package func draw(standardNormals: [Double]) -> [Double] {
    clamped(
      zip(elements, standardNormals).map { element, z in
        let prior = prior(element)
        return log(prior.mode) + prior.scale * z * 0.6
      })
  }

  /// Where a search can start that is to begin at `vector`.
  func start(_ vector: [Double]) -> [Double] {
    var result = clamped(vector)
    if let place = elements.firstIndex(of: .noiseVariance) {
      result[place] = max(result[place], log(Self.leastInitialNoiseVariance))
    }
    return result
  }

  func clamped(_ vector: [Double]) -> [Double] {
    zip(elements, vector).map { element, value in
      let bounds = bounds(element)
      return min(max(value, log(bounds.lowerBound)), log(bounds.upperBound))
    }
  }

  /// The sum of the log densities, which adds to the gradient.
  package func logPrior(_ vector: [Double], gradient: inout [Double]) -> Double {
    var sum = 0.0
    for (index, element) in elements.enumerated() {
      let (value, derivative) = prior(element).logDensity(logX: vector[index])
      sum += value
      gradient[index] += derivative
    }
    return sum
  }
}
