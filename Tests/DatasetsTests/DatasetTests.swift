import Datasets
import Testing

@Suite struct DatasetTests {
  private func dataset(_ values: [Double], _ target: Dataset.Target) -> Dataset {
    Dataset(
      name: "set", inputs: FeatureMatrix(rows: values.count, columns: 1, values: values), inputNames: ["x"],
      target: target, targetName: "y")
  }

  @Test func prefix() {
    let data = dataset([1, 2, 3], .classes([0, 1, 0], names: ["a", "b"]))
    #expect(data.prefix(1).rows == 1)
    #expect(data.prefix(1).target == .classes([0], names: ["a", "b"]))
    #expect(data.prefix(9).rows == 3)
  }

  @Test func appendingMatchesClassesByName() throws {
    let first = dataset([1, 2], .classes([0, 1], names: ["a", "b"]))
    let second = dataset([3, 4, 5], .classes([0, 1, 2], names: ["b", "c", "a"]))
    let both = try first.appending(second)
    #expect(both.inputs.doubles(rows: [0, 1, 2, 3, 4]) == [1, 2, 3, 4, 5])
    #expect(both.target == .classes([0, 1, 1, 2, 0], names: ["a", "b", "c"]))
    #expect(try dataset([1], .values([2])).appending(dataset([3], .values([4]))).target == .values([2, 4]))
  }

  @Test func appendingWhatDoesNotFit() {
    let classes = dataset([1], .classes([0], names: ["a"]))
    #expect(throws: DatasetError.self) { try classes.appending(dataset([1], .values([2]))) }
    let wide = Dataset(
      name: "wide", inputs: FeatureMatrix(rows: 1, columns: 2, values: [1, 2]), inputNames: ["p", "q"],
      target: .classes([0], names: ["a"]), targetName: "y")
    #expect { try classes.appending(wide) } throws: {
      "\($0)" == "wide has 2 input columns and set has 1; they must agree"
    }
  }
}
