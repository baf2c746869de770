import Datasets
import Testing

@Suite struct StandardizationTests {
  private let inputs = FeatureMatrix(rows: 4, columns: 3, values: [1, 0.1, 5, 3, 0.1, 7, 5, 0.1, 9, 100, 0.7, -1])

  @Test func fittedOnTheTrainingPartAlone() {
    let transform = Standardization(fittedOn: inputs, rows: [0, 1, 2])
    #expect(transform.means == [3, 0.1, 7])
    #expect(transform.scales == [(8.0 / 3).squareRoot(), 1, (8.0 / 3).squareRoot()])
  }

  @Test func trainingPartHasMeanZeroAndDeviationOne() {
    var generator = MersenneTwister(seed: 3)
    let values = (0..<6000).map { _ in 1000 + Double(generator.next()) / 4e9 }
    let matrix = FeatureMatrix(rows: 2000, columns: 3, values: values)
    let rows = Array(stride(from: 0, to: 2000, by: 2))
    let standard = matrix.doubles(rows: rows, transform: Standardization(fittedOn: matrix, rows: rows))
    for column in 0..<3 {
      let part = stride(from: column, to: standard.count, by: 3).map { standard[$0] }
      let mean = part.reduce(0, +) / 1000
      #expect(abs(mean) < 1e-10)
      #expect(abs(part.reduce(0) { $0 + $1 * $1 } / 1000 - 1) < 1e-9)
    }
  }

  @Test func constantColumnStaysFinite() {
    let transform = Standardization(fittedOn: inputs, rows: [0, 1, 2])
    let rows = inputs.floats(rows: [0, 3], transform: transform)
    #expect(rows[1] == 0)
    #expect(rows[4] == Float(0.7 - 0.1))
  }

  @Test func backToOriginalUnits() {
    let transform = Standardization(fittedOn: [10, 20, 60])
    #expect(transform.means == [30])
    #expect(abs(transform.original(transform.standardized(42)) - 42) < 1e-12)
  }

  @Test func bytesAsValues() {
    let bytes: [UInt8] = (0..<200).map { UInt8($0) }
    let compact = FeatureMatrix(rows: 50, columns: 4, bytes: bytes, divisor: 255)
    let plain = FeatureMatrix(rows: 50, columns: 4, values: bytes.map { Double($0) / 255 })
    let rows = [3, 1, 44]
    let transform = Standardization(fittedOn: compact, rows: rows)
    #expect(transform == Standardization(fittedOn: plain, rows: rows))
    #expect(compact.floats(rows: rows, transform: transform) == plain.floats(rows: rows, transform: transform))
    #expect(compact.prefix(2).stacked(over: compact).rows == 52)
  }
}
