import Datasets
import Foundation
import Tensors
import Testing

@Suite struct BuiltinTests {
  private func values(_ data: Dataset) -> [Double] {
    guard case .values(let values) = data.target else { return [] }
    return values
  }

  private func column(_ data: Dataset, _ column: Int = 0) -> [Double] {
    (0..<data.rows).map { data.inputs[$0, column] }
  }

  @Test func noisySineHasThePapersShape() {
    let train = NoisySine.train(key: RandomKey(seed: 1))
    #expect(train.rows == 1024)
    #expect(column(train).allSatisfy { $0 >= 0 && $0 < 0.5 })
    let test = NoisySine.test(key: RandomKey(seed: 1))
    #expect(test.rows == 1000)
    #expect(test.inputs[0, 0] == -0.5 && test.inputs[999, 0] == 1.5)
  }

  /// To first order y - f(x) = e (1 + f'(x) - 1) = e f'(x), so that the residuals over f'(x) have the deviation 0.02.
  /// A variance of 0.02 would give 0.14.
  @Test func noisySineNoiseIsAStandardDeviation() {
    let data = NoisySine.train(points: 20_000, key: RandomKey(seed: 5))
    var ratios: [Double] = []
    for (x, y) in zip(column(data), values(data)) {
      let clean = x + 0.3 * sin(2 * .pi * x) + 0.3 * sin(4 * .pi * x)
      let slope = 1 + 0.6 * .pi * cos(2 * .pi * x) + 1.2 * .pi * cos(4 * .pi * x)
      if abs(slope) > 2 { ratios.append((y - clean) / slope) }
    }
    let deviation = (ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count)).squareRoot()
    #expect(ratios.count > 5000)
    #expect(abs(deviation - 0.02) < 0.001)
  }

  @Test func generatedFromTheSeedAlone() {
    let first = NoisySine.train(key: RandomKey(seed: 1))
    #expect(values(first) == values(NoisySine.train(key: RandomKey(seed: 1))))
    #expect(values(first) != values(NoisySine.train(key: RandomKey(seed: 2))))
    // A point does not depend on how many there are.
    #expect(Array(values(first)[..<100]) == values(NoisySine.train(points: 100, key: RandomKey(seed: 1))))
  }

  @Test func polynomialExample() {
    let data = PolynomialExample.dataset()
    #expect(data.rows == 20)
    #expect(abs(data.inputs[3, 0] - (-1 + 6.0 / 19)) < 1e-15)
    #expect(abs(values(data)[3] - (0.5 * (-1 + 6.0 / 19) + 0.1 * sin(148))) < 1e-15)
  }

  /// The log evidence of the straight line, 15.3777246604 (golden number), from the closed form of Bayesian linear
  /// regression in two weights: shows that the set is the one the golden numbers were computed on.
  @Test func polynomialExampleHasTheGoldenEvidence() {
    let data = PolynomialExample.dataset()
    let (x, y) = (column(data), values(data))
    let (noise, prior, m) = (100.0, 1.0, Double(data.rows))
    // H = prior I + noise X'X, w = noise H^-1 X'y
    let (a, b, d) = (prior + noise * m, noise * x.reduce(0, +), prior + noise * x.reduce(0) { $0 + $1 * $1 })
    let (u, v) = (noise * y.reduce(0, +), noise * zip(x, y).reduce(0) { $0 + $1.0 * $1.1 })
    let determinant = a * d - b * b
    let w = ((d * u - b * v) / determinant, (a * v - b * u) / determinant)
    let squares = zip(x, y).reduce(0) { $0 + ($1.1 - w.0 - w.1 * $1.0) * ($1.1 - w.0 - w.1 * $1.0) }
    let evidence =
      m / 2 * log(noise) - m / 2 * log(2 * .pi) - noise / 2 * squares - prior / 2 * (w.0 * w.0 + w.1 * w.1)
      - log(determinant) / 2 + log(prior)
    #expect(abs(evidence - 15.3777246604) < 1e-9)
  }

  @Test func polynomialFeatures() {
    let data = PolynomialFeatures.dataset(key: RandomKey(seed: 3))
    #expect(data.rows == 40 && data.inputs.columns == 12)
    let row = (0..<12).map { data.inputs[7, $0] }
    let x = row[1]
    for power in 0...9 { #expect(abs(row[power] - pow(x, Double(power))) <= 1e-12 * abs(row[power])) }
    #expect(row[10] == sin(x) && row[11] == cos(x))
    let large = PolynomialFeatures.dataset(points: 20_000, key: RandomKey(seed: 3))
    let residuals = zip(column(large, 1), values(large)).map { $1 - $0 }
    let variance = residuals.reduce(0) { $0 + $1 * $1 } / 20_000
    #expect(abs(variance - 1) < 0.05)
  }
}
