public import Probability
public import Tensors

/// The samples of a Markov chain: every so many iterates after the burn-in, or from the sampling parts of the cycles of
/// cyclical SGLD; where these are more than the maximum, that many of them, evenly spread and with the last.
public struct ChainSamples: IterateCollector, Hashable {
  /// The burn-in, and the distance of two samples. With cycles, each cycle counts its own steps, and its exploring steps
  /// are a burn-in besides.
  public var times: CollectionTimes
  public var cycles: LangevinCycles?
  public var maximum: Int

  public init(_ times: CollectionTimes, cycles: LangevinCycles? = nil, maximum: Int) {
    precondition(maximum >= 1, "at least one sample must be kept, got \(maximum)")
    self.times = times
    self.cycles = cycles
    self.maximum = maximum
  }

  public func initialBuffers<Scalar: TensorScalar>(count: Int) -> [Vector<Scalar>] { [] }

  public func isDue(after number: Int, of total: Int) -> Bool {
    let (before, now) = (candidates(after: number - 1, of: total), candidates(after: number, of: total))
    guard now > before else { return false }
    let all = candidates(after: total, of: total)
    return all <= maximum || place(now, of: all) > place(before, of: all)
  }

  /// The iterates of the first `number` steps that could be kept.
  private func candidates(after number: Int, of total: Int) -> Int {
    guard let cycles else { return times.collected(after: number) }
    let period = cycles.period(total: total)
    var own = times
    own.start = max(times.start, cycles.explorationSteps(total: total))
    return number / period * own.collected(after: period) + own.collected(after: number % period)
  }

  /// How many of the first `index` of `all` candidates are kept.
  private func place(_ index: Int, of all: Int) -> Int { Int(UInt128(index) * UInt128(maximum) / UInt128(all)) }

  public func collect<Scalar: TensorScalar>(
    _ parameters: UnsafePointer<Scalar>, count: Int, into collected: inout CollectedIterates<Scalar>
  ) {
    var sample = Vector<Scalar>(count: count)
    Scalar.copy(parameters, into: sample.unsafeMutablePointer(), count: count)
    collected.buffers.append(sample)
    collected.count += 1
  }

  /// The samples; nil before the first.
  public func posterior<Scalar: DensityScalar>(
    _ collected: CollectedIterates<Scalar>
  ) -> SampleSetPosterior<Scalar>? {
    collected.buffers.isEmpty ? nil : SampleSetPosterior(collected.buffers)
  }
}
