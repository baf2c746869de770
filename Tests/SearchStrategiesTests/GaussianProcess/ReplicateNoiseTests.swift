import Foundation
import SearchStrategies
import Testing

@Suite struct ReplicateNoiseTests {
  /// Numbers that look random, of unit variance.
  private func noise(_ count: Int, seed: Int) -> [Double] {
    (0..<count).map { index in
      let x = sin(Double(index * 7919 + seed * 104_729 + 1)) * 43_758.5453
      return (x - x.rounded(.down) - 0.5) * 12.0.squareRoot()
    }
  }

  @Test func `folds that are harder than others are no noise`() {
    let folds = [3.0, -1, 10, 0]
    let trials = (0..<10).map { trial in folds.map { Double(trial) * 0.7 + $0 } }
    let found = ReplicateNoise(fitting: trials)
    for trial in trials { #expect(found.variance(trial) < 1e-12) }
  }

  @Test func `the scatter that is left is the variance of the mean`() {
    let folds = [3.0, -1, 10, 0, 5]
    let scatter = noise(200 * 5, seed: 1)
    let trials = (0..<200).map { trial -> [Double] in
      let level = Double(trial) * 0.7
      return folds.indices.map { run in level + folds[run] + 0.3 * scatter[trial * 5 + run] }
    }
    let found = ReplicateNoise(fitting: trials)
    let mean = trials.map { found.variance($0) }.reduce(0, +) / 200
    #expect(abs(mean / (0.09 / 5) - 1) < 0.15, "\(mean)")
  }

  @Test func `two trials say of the scatter what there is to say`() {
    // The offsets take half of it with them.
    var sum = 0.0
    for seed in 0..<500 {
      let scatter = noise(10, seed: seed)
      let trials = [Array(scatter[..<5]), Array(scatter[5...])]
      let found = ReplicateNoise(fitting: trials)
      sum += (found.variance(trials[0]) + found.variance(trials[1])) / 2
    }
    #expect(abs(sum / 500 * 5 - 1) < 0.15, "\(sum / 500 * 5)")
  }

  @Test func `a trial's own scatter counts, and is drawn towards that of all`() {
    let scatter = noise(50 * 4, seed: 3)
    var trials = (0..<50).map { trial in (0..<4).map { scatter[trial * 4 + $0] } }
    trials[0] = trials[0].map { $0 * 10 }
    trials[1] = [0, 0, 0, 0]
    let found = ReplicateNoise(fitting: trials)
    let typical = found.variance(trials[2])
    #expect(found.variance(trials[0]) > 5 * typical)
    #expect(found.variance(trials[1]) > 0 && found.variance(trials[1]) < typical * 2)
    // Half of the difference would be left with as many degrees of freedom as the prior has.
    #expect(found.variance(trials[0]) < found.variance(trials[0].map { $0 * 2 }))
  }

  @Test func `one run says nothing, and neither do runs that are missing`() {
    #expect(ReplicateNoise(fitting: []).variance([1]) == 0)
    #expect(ReplicateNoise(fitting: [[1], [2]]).variance([3]) == 0)
    #expect(ReplicateNoise(fitting: [[], []]).variance([]) == 0)
    let found = ReplicateNoise(fitting: [[1.0], [1, 2, 4], [2, 2, 4], [], [0, 2, 3]])
    #expect(found.variance([1]) == 0 && found.variance([]) == 0 && found.variance([1, 2]) == 0)
    #expect(found.variance([1, 2, 4]) > 0)
  }
}
