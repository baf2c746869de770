import Foundation
import Probability
import Tensors
import Testing

@Suite struct JackknifeGroupsTests {
  /// The means of all values but those of a group.
  private func meansLeftOut(_ values: [Double], _ groups: JackknifeGroups) -> [Double] {
    (0..<groups.count).map { group in
      let range = groups.range(of: group)
      return (values[..<range.lowerBound] + values[range.upperBound...]).reduce(0, +)
        / Double(values.count - range.count)
    }
  }

  @Test(arguments: [1, 2, 7, 19, 20, 21, 45, 1000]) func groupsCoverTheSamples(samples: Int) {
    let groups = JackknifeGroups(samples: samples)
    let ranges = (0..<groups.count).map(groups.range)
    #expect(groups.count == min(samples, 20) && ranges.flatMap { $0 } == Array(0..<samples))
    let sizes = ranges.map(\.count)
    #expect(sizes.max()! - sizes.min()! <= 1 && sizes.min()! >= 1)
  }

  /// Groups of one sample: the jackknife of a mean is s / sqrt(n).
  @Test func aMeanHasItsStandardError() throws {
    let values = [3.0, -1, 4, 1, -5, 9, 2]
    let groups = JackknifeGroups(samples: values.count)
    let mean = Estimate.mean(values)
    let error = try #require(groups.standardError(of: mean.value, leftOut: meansLeftOut(values, groups)))
    #expect(abs(error - mean.standardError!) < 1e-14)
  }

  @Test func equalGroupsByHand() throws {
    let groups = JackknifeGroups(samples: 6, most: 3)
    // Mean 3, differences -2, 0, 2: 2/3 of 8.
    let error = try #require(groups.standardError(of: 100, leftOut: [1, 3, 5]))
    #expect(abs(error - (16.0 / 3).squareRoot()) < 1e-14)
  }

  /// The variance of a mean of independent values is unbiased, though 25 values do not make 20 equal groups.
  @Test func unequalGroupsAreUnbiased() throws {
    let (samples, repetitions) = (25, 4000)
    let groups = JackknifeGroups(samples: samples)
    let noise = Vector<Double>.normal(RandomKey(seed: 1), count: samples * repetitions).array
    var variance = 0.0
    for repetition in 0..<repetitions {
      let values = Array(noise[(repetition * samples)..<((repetition + 1) * samples)])
      let mean = values.reduce(0, +) / Double(samples)
      let error = try #require(groups.standardError(of: mean, leftOut: meansLeftOut(values, groups)))
      variance += error * error / Double(repetitions)
    }
    // Its own error is about sqrt(2 / 19 / 4000), half a per cent.
    #expect(abs(variance * Double(samples) - 1) < 0.02)
  }

  @Test func whatIsNotFinite() {
    let groups = JackknifeGroups(samples: 3)
    #expect(JackknifeGroups(samples: 1).standardError(of: 2, leftOut: [.nan]) == nil)
    #expect(groups.standardError(of: 2, leftOut: [2, 2, 2]) == 0)
    #expect(groups.standardError(of: 2, leftOut: [2, -.infinity, 2]) == .infinity)
    #expect(groups.standardError(of: .nan, leftOut: [2, 2, 2])?.isNaN == true)
  }
}
