import Foundation

/// log of the sum of exp(values), without overflow; -infinity for no values.
public func logSumExp(_ values: some Sequence<Double>) -> Double {
  var sum = RunningLogSumExp()
  for value in values { sum.add(value) }
  return sum.value
}

/// log of the mean of exp(values).
public func logMeanExp(_ values: some Collection<Double>) -> Double {
  logSumExp(values) - log(Double(values.count))
}

/// logsumexp of a stream.
public struct RunningLogSumExp: Hashable, Sendable {
  private var largest = -Double.infinity
  private var sum = 0.0

  public init() {}

  public mutating func add(_ value: Double) {
    if value <= largest {
      // Equal infinities differ by NaN; a term of probability 0 adds nothing.
      sum += value == largest ? 1 : exp(value - largest)
    } else {
      sum = largest == -.infinity ? 1 : sum * exp(largest - value) + 1
      largest = value
      if value.isNaN { sum = .nan }
    }
  }

  public var value: Double { largest == -.infinity ? -.infinity : largest + log(sum) }
}
