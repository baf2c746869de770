import Foundation
import GaussianProcesses
import Tensors
import Testing

/// Golden values with 900 digits.
@Suite struct NormalTailsTests {
  /// z, log h(z), Phi(z) / h(z), log Phi(z), phi(z) / Phi(z)
  static let golden: [(z: Double, improvement: Double, slope: Double, cumulative: Double, hazard: Double)] = [
    (5, 1.6094379231264313851, 0.19999994053122004649, -2.8665161296376359338e-7, 1.4867199409049057124e-6),
    (1, 0.080026218849306940029, 0.77663872520173925975, -0.17275377902344988953, 0.28759997093917836123),
    (0, -0.91893853320467274178, 1.2533141373155002512, -0.69314718055994530942, 0.79788456080286535588),
    (-0.5, -1.6205162643873199193, 1.5598731483480796712, -1.1759117615936186089, 1.1410777703680644809),
    (-1, -2.4851210257126413368, 1.9042712333296918229, -1.8410216450092635058, 1.5251352761609812091),
    (-2, -4.7687835239171141569, 2.6794168839555859839, -3.7831843336820319488, 2.3732155328228408673),
    (-5, -16.744301162660990143, 5.3618162412880885298, -15.064998393988725736, 5.1865039671258421156),
    (-8, -37.122364261692633, 8.2393965068400668851, -35.013437159914549896, 8.1213681122361126807),
    (-10, -55.553122036122355927, 10.194383033412553306, -53.231285150512470578, 10.098093233962511963),
    (-12, -77.909100545007348277, 12.163352571585739843, -75.410673001568795939, 12.08221417525428433),
    (-25, -319.86146358149595433, 25.079620234266532815, -316.63940800802025894, 25.039873012057562583),
    (-40, -808.29856835661996024, 40.049906657648518193, -804.60844201375378817, 40.024968847207263723),
    (-100, -5010.1295788002497923, 100.01999400419586505, -5005.5242086942050886, 100.00999800099926071),
    (-1e4, -50000019.339619307157, 10000.000199999994, -50000010.129278915181, 10000.000099999998),
    (-1e8, -5000000000000037.7603, 100000000.00000002, -5000000000000019.3396, 100000000.00000001),
  ]

  private func agree(_ a: Double, _ b: Double, _ tolerance: Double = 1e-13) -> Bool {
    abs(a - b) <= tolerance * abs(b)
  }

  @Test func logImprovementIsRightEverywhere() {
    for row in Self.golden {
      let (value, slope) = NormalTails.logImprovement(row.z)
      #expect(agree(value, row.improvement) && agree(slope, row.slope, 1e-12), "\(row.z): \(value), \(slope)")
    }
  }

  @Test func logCumulativeIsRightEverywhere() {
    for row in Self.golden {
      let (value, slope) = NormalTails.logCumulative(row.z)
      #expect(agree(value, row.cumulative) && agree(slope, row.hazard), "\(row.z): \(value), \(slope)")
    }
  }

  @Test func expectedImprovementIsFiniteAtForty() {
    let (value, byMean, byDeviation) = LogExpectedImprovement.value(mean: -39.5, standardDeviation: 1, best: 0.5)
    #expect(agree(value, -808.29856835661996024))
    #expect(agree(byMean, 40.049906657648518193))
    #expect(agree(byDeviation, 1 + 40 * 40.049906657648518193))
    let far = LogExpectedImprovement.value(mean: -1e6, standardDeviation: 1e-7, best: 1e6)
    #expect(far.value.isFinite && far.meanSlope.isFinite && far.deviationSlope.isFinite)
    let sure = LogExpectedImprovement.value(mean: 3, standardDeviation: 1e-7, best: 1)
    #expect(agree(sure.value, log(2)) && agree(sure.meanSlope, 0.5) && sure.deviationSlope == 0)
  }

  @Test(arguments: [
    (-2, 108.94090438997797241), (-0.5, 1.9523604891825570933), (0, 1), (0.5, 0.61569034419292587487),
    (1, 0.42758357615580700441), (3, 0.17900115118138995042), (10, 0.056140992743822585858),
    (26, 0.021683584850562906616), (27, 0.020881607990420940674), (100, 0.005641613782989433),
    (1e5, 5.6418958351954685e-06),
  ]) func scaledComplementaryErrorFunction(_ x: Double, _ expected: Double) {
    #expect(agree(NormalTails.erfcx(x), expected, 5e-15), "\(NormalTails.erfcx(x))")
  }

  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-20, -9.262340089798409), (1e-05, -4.264890793922825),
    (0.01, -2.3263478740408408), (0.2, -0.8416212335729142), (0.5, 0), (0.75, 0.6744897501960817),
    (0.999, 3.090232306167813), (0.999999999, 5.997807019601637),
  ]) func quantileInvertsTheDistribution(_ p: Double, _ expected: Double) {
    #expect(abs(NormalTails.quantile(p) - expected) <= 1e-14 * max(1, abs(expected)), "\(NormalTails.quantile(p))")
  }

  @Test func quantileOfTheEnds() {
    #expect(NormalTails.quantile(0) == -.infinity && NormalTails.quantile(1) == .infinity)
    #expect(NormalTails.quantile(.nan).isNaN && NormalTails.quantile(-1).isNaN)
    #expect(
      Matrix<Double>([0, 0.5, 1], rows: 1, columns: 3).normalQuantiles().elements.array.allSatisfy { $0.isFinite })
  }
}
