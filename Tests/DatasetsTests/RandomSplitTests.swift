import Datasets
import Tensors
import Testing

@Suite struct RandomSplitTests {
  private let key = RandomKey(seed: 11)

  @Test(arguments: [2, 3, 5, 10, 23]) func eachRowIsValidatedOnce(_ folds: Int) throws {
    let splits = try Split.kFold(rows: 23, folds: folds, key: key)
    #expect(splits.count == folds)
    #expect(splits.flatMap(\.validation).sorted() == Array(0..<23))
    let sizes = splits.map(\.validation.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
    for split in splits { #expect((split.train + split.validation).sorted() == Array(0..<23)) }
  }

  @Test func shuffledByTheKey() throws {
    let split = try Split.kFold(rows: 100, folds: 4, key: key)
    #expect(split == (try Split.kFold(rows: 100, folds: 4, key: key)))
    #expect(split != (try Split.kFold(rows: 100, folds: 4, key: key.folded(1))))
    #expect(split[0].validation != Array(0..<25))
  }

  @Test func holdOut() throws {
    let split = try Split.holdOut(rows: 50, fraction: 0.2, key: key)
    #expect(split.validation.count == 10)
    #expect((split.train + split.validation).sorted() == Array(0..<50))
    #expect(try Split.holdOut(rows: 3, fraction: 0.01, key: key).validation.count == 1)
  }

  @Test func errors() {
    #expect { try Split.kFold(rows: 3, folds: 4, key: key) } throws: {
      "\($0)" == "3 rows cannot be split into 4 folds"
    }
    #expect { try Split.kFold(rows: 3, folds: 1, key: key) } throws: { "\($0)" == "1 folds; k-fold needs at least 2" }
    #expect(throws: DatasetError.self) { try Split.holdOut(rows: 2, fraction: 0.9, key: key) }
    #expect(throws: DatasetError.self) { try Split.holdOut(rows: 20, fraction: 1, key: key) }
  }
}
