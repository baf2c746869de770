public import Autodiff
import Foundation
public import Probability
public import Tensors

/// N(0, s_g^2) with a scale s_g for each group of weights, such as those of a layer (MacKay 1992, "A practical Bayesian
/// framework for backpropagation networks"). A group is a run of weights that lie one after another.
public struct GroupedGaussianPrior: Prior, Hashable {
  public struct Group: Hashable, Sendable {
    /// Weights, one after another.
    public var count: Int
    /// Standard deviation of each.
    public var scale: Double

    public init(count: Int, scale: Double) {
      precondition(count > 0 && scale > 0, "a group has weights and a positive scale, got \(count) and \(scale)")
      self.count = count
      self.scale = scale
    }
  }

  /// In the order of the weights. Neighbours have different scales.
  public let groups: [Group]

  /// - Parameter groups: In the order of the weights, all of them; neighbours with the same scale become one.
  public init(_ groups: [Group]) {
    precondition(!groups.isEmpty, "a prior needs a group")
    self.groups = groups.reduce(into: []) { joined, group in
      if joined.last?.scale == group.scale {
        joined[joined.count - 1].count += group.count
      } else {
        joined.append(group)
      }
    }
  }

  public var count: Int { groups.reduce(0) { $0 + $1.count } }

  public var isUniform: Bool { groups.count == 1 }

  public func restricted(to range: Range<Int>) -> any Prior {
    var (start, parts) = (0, [Group]())
    for group in groups {
      let part = range.clamped(to: start..<(start + group.count))
      if !part.isEmpty { parts.append(Group(count: part.count, scale: group.scale)) }
      start += group.count
    }
    precondition(parts.reduce(0) { $0 + $1.count } == range.count, "\(range) is not in \(start) weights")
    return parts.count == 1 ? GaussianPrior(scale: parts[0].scale) : GroupedGaussianPrior(parts)
  }

  public func logDensity<Scalar: DensityScalar>(
    _ w: UnsafePointer<Scalar>, count: Int, gradient: UnsafeMutablePointer<Scalar>?, weight: Double
  ) -> Double {
    sum(over: count) { start, group in
      Scalar.gaussianLogDensity(
        w + start, count: group.count, mean: 0, scale: group.scale, gradient: gradient.map { $0 + start },
        weight: weight)
    }
  }

  public var hasClosedDivergence: Bool { true }

  public func divergence<Scalar: DensityScalar>(
    mean: UnsafePointer<Scalar>, scale: UnsafePointer<Scalar>, count: Int,
    gradient: (mean: UnsafeMutablePointer<Scalar>, scale: UnsafeMutablePointer<Scalar>)?, weight: Double
  ) -> Double {
    sum(over: count) { start, group in
      Scalar.gaussianDivergence(
        mean: mean + start, scale: scale + start, count: group.count, priorMean: 0, priorScale: group.scale,
        gradient: gradient.map { ($0.mean + start, $0.scale + start) }, weight: weight)
    }
  }

  public func logDensity<Scalar: TensorScalar>(_ w: Variable<Scalar>) -> Variable<Scalar> {
    let constant = groups.reduce(0) { $0 + Double($1.count) * Gaussian(scale: $1.scale).logDensity(0) }
    return w.squared().dot(perWeight { -0.5 / ($0 * $0) }) + Scalar(constant)
  }

  public func divergence<Scalar: TensorScalar>(
    mean: Variable<Scalar>, scale: Variable<Scalar>
  ) -> Variable<Scalar> {
    let constant = groups.reduce(0) { $0 + Double($1.count) * (log($1.scale) - 0.5) }
    return (mean.squared() + scale.squared()).dot(perWeight { 0.5 / ($0 * $0) }) - scale.log().sum() + Scalar(constant)
  }

  public func sample(_ key: RandomKey, into w: UnsafeMutablePointer<Double>, count: Int) {
    Double.fillNormal(key, offset: 0, into: w, count: count)
    _ = sum(over: count) { start, group in
      for i in start..<(start + group.count) { w[i] *= group.scale }
      return 0
    }
  }

  /// - Parameter body: Gets where a group starts, and the group.
  private func sum(over count: Int, _ body: (Int, Group) -> Double) -> Double {
    var (total, start) = (0.0, 0)
    for group in groups {
      total += body(start, group)
      start += group.count
    }
    precondition(start == count, "a prior of \(start) weights for \(count)")
    return total
  }

  /// A constant for each weight, from its scale.
  private func perWeight<Scalar: TensorScalar>(_ value: (Double) -> Double) -> Variable<Scalar> {
    .constant(groups.flatMap { Array(repeating: Scalar(value($0.scale)), count: $0.count) }, shape: [count])
  }
}

extension GroupedGaussianPrior: CustomStringConvertible {
  public var description: String {
    let scales = groups.map(\.scale)
    return
      "GroupedGaussianPrior(\(count) weights in \(groups.count) groups, scales from \(scales.min() ?? 0) to \(scales.max() ?? 0))"
  }
}
